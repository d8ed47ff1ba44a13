import { spawn } from 'node:child_process';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { type Account, asAccount } from './account.ts';
import { childEnvironment } from './environment.ts';

export type RunOptions = {
  /** After this many milliseconds the command and its process group are killed and `deadline-passed` is thrown. */
  deadlineMs: number;
  stdin?: string | Uint8Array;
  /** Over PATH and an English locale, which is all a child gets otherwise. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** The name the program is told it has, where one file is several programs; without an account only. */
  argv0?: string;
  account?: Account;
  /** Kept of each output: the first half and the last half of this; 256 KiB by default. */
  maxOutputBytes?: number;
  signal?: AbortSignal;
};

export type RunResult = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

/**
 * Runs one command to its end, with arguments as an array and never a shell. A code other than 0 is an answer, not an error.
 * Ends with the process itself (`exit`): a grandchild that keeps the pipes open cannot hold it up.
 * Throws `deadline-passed`, or `engine-unavailable` when the program cannot be started.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const name = path.basename(command);
  const start = asAccount(command, args, options.account);
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const child = spawn(start.command, start.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: childEnvironment(options.env),
      ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout = keep(options.maxOutputBytes ?? 256 * 1024);
    const stderr = keep(options.maxOutputBytes ?? 256 * 1024);
    child.stdout.on('data', stdout.add);
    child.stderr.on('data', stderr.add);
    // A command that ends before reading its input is judged by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');

    let ended = false;
    const timer = setTimeout(() => {
      killGroup(child.pid);
      end(() =>
        reject(
          new GuestboardError('deadline-passed', `${name} did not finish within ${options.deadlineMs / 1000} s.`, {
            detail: stderr.text(),
          }),
        ),
      );
    }, options.deadlineMs);
    const abort = () => {
      killGroup(child.pid);
      end(() => reject(options.signal?.reason));
    };
    options.signal?.addEventListener('abort', abort, { once: true });

    child.on('error', (error) =>
      end(() =>
        reject(new GuestboardError('engine-unavailable', `${name} could not be started.`, { detail: error.message, cause: error })),
      ),
    );
    child.on('exit', (code, signal) => {
      // What the process wrote before its end is still in the pipe: one turn of the loop per pipe, but never waiting for its close.
      const settle = () => end(() => resolve({ code, signal, stdout: stdout.text(), stderr: stderr.text() }));
      const grace = setTimeout(settle, 200);
      child.once('close', () => {
        clearTimeout(grace);
        settle();
      });
    });

    function end(settle: () => void) {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
      settle();
    }
  });
}

function killGroup(pid: number | undefined) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Keeps the beginning and the end of an output that may be endless. */
function keep(maxBytes: number) {
  const half = Math.floor(maxBytes / 2);
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let dropped = 0;
  return {
    add(chunk: Buffer) {
      const room = half - head.length;
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      const rest = room > 0 ? chunk.subarray(room) : chunk;
      if (rest.length === 0) return;
      tail = Buffer.concat([tail, rest]);
      if (tail.length > half) {
        dropped += tail.length - half;
        tail = tail.subarray(tail.length - half);
      }
    },
    text: () => `${head.toString('utf8')}${dropped > 0 ? `\n… ${dropped} bytes left out …\n` : ''}${tail.toString('utf8')}`,
  };
}
