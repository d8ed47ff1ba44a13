import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { childEnvironment } from './environment.ts';

export type StreamedProgram = {
  stdin: Writable;
  /** Ends as the program does; that it ended well, only `ended` says. */
  stdout: Readable;
  /** The end of what it said on its error output, once it ended with 0. Rejects with `engine-error` otherwise, and when cancelled. */
  ended: Promise<string>;
  /** Ends it and what it started, whatever they are doing; ended already is fine. */
  kill(): void;
};
type Options = {
  signal: AbortSignal;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** The name the program is told it has, where one file is several programs. */
  argv0?: string;
};

/** Starts a program that bytes flow through, arguments as an array, in a group of its own: cancelled, all of it is killed. */
export function streamProgram(command: string, args: readonly string[], { signal, cwd, env, argv0 }: Options): StreamedProgram {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: childEnvironment(env),
    ...(argv0 === undefined ? {} : { argv0 }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  // A program that ends before reading all of its input is judged by its exit code.
  child.stdin.on('error', () => {});
  return { stdin: child.stdin, stdout: keepOutput(child.stdout), ...watchEnd(child, path.basename(command), signal) };
}

/** Node throws away what nobody has begun to read when the program ends; a listener is a beginning, and takes nothing. */
export function keepOutput(stdout: Readable): Readable {
  return stdout.on('readable', () => {});
}

/** How a program in a group of its own ends, and how it is ended: when cancelled, too. */
export function watchEnd(child: ChildProcess, name: string, signal: AbortSignal): Pick<StreamedProgram, 'ended' | 'kill'> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8000);
  });
  const kill = () => {
    // Once it is buried its number may be another's.
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  };
  signal.addEventListener('abort', kill, { once: true });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new GuestboardError('engine-unavailable', `${name} could not be started.`, { detail: error.message, cause: error })),
    );
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve(said);
      else reject(new GuestboardError('engine-error', `${name} ended with ${code ?? killedBy}.`, { detail: said.slice(-2000) }));
    });
  });
  ended.catch(() => {});
  return { ended, kill };
}

/** What a program makes of a stream. A program that fails, or a source that does, fails the reading; it never ends short without an error. */
export async function* streamThrough(
  command: string,
  args: readonly string[],
  source: AsyncIterable<Buffer>,
  options: Options,
): AsyncGenerator<Buffer> {
  const program = streamProgram(command, args, options);
  const fed = feed(source, program.stdin).catch((error: unknown) => {
    program.kill();
    throw error;
  });
  fed.catch(() => {});
  try {
    for await (const chunk of program.stdout) yield chunk as Buffer;
    await fed;
    await program.ended;
  } finally {
    program.kill();
  }
}

/** Writes all of the source, no faster than the program reads, and ends its input. One that has ended is judged by its exit code. */
export async function feed(source: AsyncIterable<Buffer>, into: Writable): Promise<void> {
  let wake: () => void = () => {};
  into.on('drain', () => wake()).on('close', () => wake());
  for await (const chunk of source) {
    if (!into.writable) return;
    if (!into.write(chunk)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (into.destroyed) resolve();
      });
    }
  }
  into.end();
}
