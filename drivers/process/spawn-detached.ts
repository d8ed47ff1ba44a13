import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { type Account, asAccount } from './account.ts';
import { childEnvironment } from './environment.ts';
import { giveWay, takeTurn } from './give-way.ts';
import { identifyProcess, type ProcessIdentity } from './pid-identity.ts';

export type SpawnDetachedOptions = {
  command: string;
  /** The name the program is told it has, where one file is several programs. */
  argv0?: string;
  args: readonly string[];
  /** Appended to; the program's standard output and errors. Made 0600 by the spawning account when absent. */
  outputFile: string;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  account?: Account;
  /** It takes no processor from who runs there when it wakes. What is started without this is ordinary, whatever we are. */
  givesWay?: boolean;
};

/**
 * Starts a program that outlives us: a session of its own (setsid), no pipe to us, nothing on standard input.
 * Resolves when the program has been started, not when it is ready. Throws `engine-unavailable` when it cannot be started.
 */
export async function spawnDetached(options: SpawnDetachedOptions): Promise<ProcessIdentity> {
  const name = path.basename(options.command);
  const ordinary = asAccount(options.command, options.args, options.account);
  const { command, args } = options.givesWay ? await giveWay(ordinary) : ordinary;
  const output = openSync(options.outputFile, 'a', 0o600);
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      detached: true,
      env: childEnvironment(options.env),
      ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const started = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(new GuestboardError('engine-unavailable', `${name} could not be started.`, { detail: error.message, cause: error })),
      );
    });
    child.unref();
    await started;
    if (child.pid !== undefined && !options.givesWay) await takeTurn(child.pid);
    const identity = child.pid === undefined ? null : identifyProcess(child.pid);
    if (identity === null) throw new GuestboardError('engine-unavailable', `${name} ended as soon as it was started.`);
    return identity;
  } finally {
    closeSync(output);
  }
}
