import { GuestboardError } from '#contract/errors.ts';
import { sayRoom } from '#contract/size-text.ts';
import { run } from '#drivers/process/run.ts';
import { measureDiskUsage, measureFreeDisk } from './disk-usage.ts';
import { isDiskFull } from './what-was-said.ts';

const spareBytes = 256 * 1024 ** 2;
const dayMs = 24 * 3_600_000;

/** Refuses where the disk of the host has no room for the data a second time. */
export async function assertRoomForSecond(data: string): Promise<void> {
  const [neededBytes, freeBytes] = [(await measureDiskUsage([data])) + spareBytes, measureFreeDisk(data)];
  if (freeBytes >= neededBytes) return;
  throw new GuestboardError('volume-full', 'The host’s disk has no room for a second copy of the data.', {
    detail: sayRoom({ neededBytes, freeBytes }),
  });
}

/** Whatever stumbles over a disk that filled up meanwhile has words of its own for it, or is judged by them: this names it. */
export async function fillSecond(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const detail = error instanceof GuestboardError ? [error.message, error.detail].join('\n').trim() : String(error);
    const sentence =
      'The host’s disk filled up while the second copy of the data was made. The old data was not touched: free room, and ask again.';
    throw new GuestboardError('volume-full', sentence, { detail, cause: error });
  }
}

/** All files of a database that is stopped, in a folder that is not there yet; without taking room where the file system can. */
export async function copyStopped(data: string, folder: string, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await run('cp', ['--archive', '--reflink=auto', '--no-target-directory', '--', data, folder], {
    deadlineMs: dayMs,
    signal,
  });
  if (code !== 0) throw new GuestboardError('engine-error', 'The data could not be copied.', { detail: stderr.slice(-2000) });
}
