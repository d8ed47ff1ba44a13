import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { childEnvironment } from './environment.ts';
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
 * Two programs with a socket of the kernel's between them: what the first gives the second never comes through us. It holds three times what
 * a pipe does, so that neither waits for the other as often. When the first fails the second ends well, with too little: ask both.
 */
export function pipePrograms(first: Command, second: Command, { signal, cwd }: { signal: AbortSignal; cwd: string }): PipedPrograms {
  signal.throwIfAborted();
  const shared = { detached: true, env: childEnvironment(), cwd };
  const source: ChildProcess = spawn(first.command, first.args, { ...shared, stdio: ['ignore', 'pipe', 'pipe'] });
  const sourceEnd = watchEnd(source, path.basename(first.command), signal);
  try {
    const between = getOutput(source, first);
    const packer: ChildProcess = spawn(second.command, second.args, { ...shared, stdio: [between, 'pipe', 'pipe'] });
    const packerEnd = watchEnd(packer, path.basename(second.command), signal);
    // Our own end, before anything can be read by it: the second has one of its own.
    between.destroy();
    let written = 0;
    return {
      first: { ...sourceEnd, written: () => (written = Math.max(written, source.pid === undefined ? 0 : readWritten(source.pid))) },
      second: { stdout: keepOutput(getOutput(packer, second)), ...packerEnd },
    };
  } catch (error) {
    sourceEnd.kill();
    source.stdout?.destroy();
    throw error;
  }
}

/** There is none where too many files are open for a program to be started. */
function getOutput({ stdout }: ChildProcess, { command }: Command): Readable {
  if (stdout) return stdout;
  throw new GuestboardError('engine-unavailable', `${path.basename(command)} could not be started.`);
}

function readWritten(pid: number): number {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
