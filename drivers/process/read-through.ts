import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { childEnvironment } from './environment.ts';
import type { Command } from './pipe-programs.ts';
import { feed, watchEnd } from './stream-program.ts';

/** A socket holds less. */
const bufferBytes = 256 * 1024;

/** Takes a chunk, which is another's once this returns, or resolves where it has to wait. */
export type Take = (chunk: Buffer) => Promise<void> | undefined;

/**
 * What a program makes of a source, for gigabytes of it: all comes in one buffer that is used again, by a socket that nobody else may reach
 * (`socketFile` lies in a folder of ours, its path fits into a socket's address). Less than half of what a stream of new buffers costs.
 * Resolves when all was taken and the program has ended well. Rejects with what befell the taking, the source or the program, in this order.
 */
export async function readThrough(
  { command, args }: Command,
  source: AsyncIterable<Buffer>,
  take: Take,
  { signal, socketFile }: { signal: AbortSignal; socketFile: string },
): Promise<void> {
  const { given, ours, taken } = await openWay(socketFile, take);
  let program: ChildProcess;
  try {
    signal.throwIfAborted();
    program = spawn(command, args, { stdio: ['pipe', given, 'pipe'], detached: true, env: childEnvironment() });
  } catch (error) {
    ours.destroy();
    throw error;
  } finally {
    // Its own end is the only one: when it ends, so does what we read.
    given.destroy();
  }
  const { ended, kill } = watchEnd(program, path.basename(command), signal);
  const fed = feedTo(program, source).catch((error: unknown) => {
    kill();
    throw error;
  });
  fed.catch(() => {});
  try {
    await taken;
    await Promise.all([fed, ended]);
  } finally {
    kill();
    ours.destroy();
  }
}

/** None where too many files are open for a program to be started: that it tells itself. */
async function feedTo({ stdin }: ChildProcess, source: AsyncIterable<Buffer>): Promise<void> {
  if (stdin === null) return;
  // A program that ends before reading all of its input is judged by its exit code.
  stdin.on('error', () => {});
  await feed(source, stdin);
}

/** Two ends of a socket: one to give away, and ours, which reads into the one buffer. */
async function openWay(socketFile: string, take: Take): Promise<{ given: Socket; ours: Socket; taken: Promise<void> }> {
  await rm(socketFile, { force: true });
  const server = createServer({ pauseOnConnect: true }).listen(socketFile);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const onread = { buffer: Buffer.allocUnsafeSlow(bufferBytes), callback: (bytes: number, buffer: Uint8Array) => handOn(bytes, buffer) };
  const ours = connect({ path: socketFile, onread });
  /** False: nothing more is read until it goes on. */
  const handOn = (bytes: number, buffer: Uint8Array): boolean => {
    try {
      const waiting = take(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
      if (waiting === undefined) return true;
      waiting.then(
        () => ours.resume(),
        (error: Error) => ours.destroy(error),
      );
    } catch (error) {
      ours.destroy(error as Error);
    }
    return false;
  };
  const taken = new Promise<void>((resolve, reject) => {
    ours.once('error', reject).once('close', () => resolve());
  });
  taken.catch(() => {});
  try {
    const [given] = (await Promise.race([accepted, taken.then(() => Promise.reject(new Error('The socket was closed.')))])) as [Socket];
    return { given, ours, taken };
  } catch (error) {
    ours.destroy();
    throw error;
  } finally {
    server.close();
  }
}
