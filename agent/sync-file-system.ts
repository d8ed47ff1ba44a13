import { GuestboardError } from '#contract/errors.ts';
import { run } from '#drivers/process/run.ts';

/** Everything written below the folder so far is on the disk when this resolves. Throws `engine-error` when it is not. */
export async function syncFileSystem(folder: string, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await run('/bin/sync', ['-f', folder], { deadlineMs: 120_000, signal });
  if (code !== 0) throw new GuestboardError('engine-error', 'The new data could not be written to the disk.', { detail: stderr });
}
