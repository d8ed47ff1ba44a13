import { mkdir } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import { feed, streamProgram } from '#drivers/process/stream-program.ts';

type Unpacked = {
  bytes: AsyncIterable<Buffer>;
  folder: string;
  signal: AbortSignal;
  /** Of a program that ends with 0 though it failed: what it says when it did. */
  failedWords?: RegExp;
};

/** Into a folder that does not exist yet, by a program that takes the bytes from its input. Throws `backup-damaged` when it finds fault with them. */
export async function unpackBy(command: string, args: readonly string[], { bytes, folder, signal, failedWords }: Unpacked): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const program = streamProgram(command, args, { signal });
  program.stdout.resume();
  try {
    await feed(bytes, program.stdin);
    const said = await program.ended.catch((error: unknown) => {
      signal.throwIfAborted();
      throw new GuestboardError('backup-damaged', 'The backup cannot be unpacked.', { cause: error });
    });
    if (failedWords?.test(said))
      throw new GuestboardError('backup-damaged', 'The backup cannot be unpacked.', { detail: said.slice(-2000) });
  } finally {
    program.kill();
  }
}
