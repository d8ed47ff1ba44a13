import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { childEnvironment } from './environment.ts';
import { run } from './run.ts';
import { keepOutput, type StreamedProgram, watchEnd } from './stream-program.ts';

export type Command = { command: string; args: readonly string[] };
type Ending = Pick<StreamedProgram, 'ended' | 'kill'>;
export type PipedPrograms = {
  first: Ending & {
    /** Bytes it has written in all so far; the last known number once it has ended. */
    written(): number;
  };
  second: Ending & Pick<StreamedProgram, 'stdout'>;
};

/**
 * Two programs with a pipe of the kernel's between them: what the first gives the second never comes through us. When the first fails the
 * second ends well, with too little: ask both. `pipeFile` is made for a moment.
 */
export async function pipePrograms(
  first: Command,
  second: Command,
  { signal, cwd, pipeFile }: { signal: AbortSignal; cwd: string; pipeFile: string },
): Promise<PipedPrograms> {
  const { read, write } = await openPipe(pipeFile);
  try {
    signal.throwIfAborted();
    const shared = { detached: true, env: childEnvironment(), cwd };
    const source = spawn(first.command, first.args, { ...shared, stdio: ['ignore', write, 'pipe'] });
    const packer = spawn(second.command, second.args, { ...shared, stdio: [read, 'pipe', 'pipe'] });
    const { stdout } = packer;
    if (stdout === null) throw new Error('A program that was given a pipe has none.');
    let written = 0;
    return {
      first: {
        ...watchEnd(source, path.basename(first.command), signal),
        written: () => (written = Math.max(written, source.pid === undefined ? 0 : readWritten(source.pid))),
      },
      second: { stdout: keepOutput(stdout), ...watchEnd(packer, path.basename(second.command), signal) },
    };
  } finally {
    closeSync(read);
    closeSync(write);
  }
}

/** Node's own pipes are sockets that never wait, which most programs do not expect of their input. */
async function openPipe(file: string): Promise<{ read: number; write: number }> {
  await rm(file, { force: true });
  const { code, stderr } = await run('/usr/bin/mkfifo', ['-m', '600', file], { deadlineMs: 10_000 });
  if (code !== 0) throw new GuestboardError('engine-unavailable', 'A pipe between two programs could not be made.', { detail: stderr });
  // Open for both: neither end then waits for the other to be opened.
  const both = openSync(file, constants.O_RDWR);
  try {
    return { read: openSync(file, constants.O_RDONLY), write: openSync(file, constants.O_WRONLY) };
  } finally {
    closeSync(both);
    await rm(file, { force: true });
  }
}

function readWritten(pid: number): number {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
