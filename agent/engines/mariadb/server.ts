import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { isSameProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { killTree } from '#drivers/process/process-tree.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { connect, errorNumber } from './connections.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { findServer, serverArguments, waitUntilReleased } from './processes.ts';

const stopDeadlineMs = 60_000;

/** The server process: started, found again, stopped. Remembers which process it is. */
export type Server = {
  process(): ProcessIdentity | null;
  adopt(): ProcessIdentity | null;
  /** Returns when it answers; true when it had to be started. Running already is fine. */
  start(signal: AbortSignal): Promise<boolean>;
  /** Returns when it is gone. */
  stop(): Promise<void>;
};

export function createServer(place: Place): Server {
  let main: ProcessIdentity | null = null;
  const find = () => {
    if (main === null || !isSameProcess(main)) main = findServer(place);
    return main;
  };
  return {
    // Keeps naming a process that died, so that its death is seen; forgets it when stopped on purpose.
    process: () => main,
    adopt: find,
    start: async (signal) => {
      const found = find();
      // One that was killed a moment ago is still a process: when it goes instead of answering, it was never ours to wait for.
      if (found !== null && (await waitUntilAnswering(place, found, signal))) return false;
      const launchedAtMs = Date.now();
      main = await launch(place);
      if (await waitUntilAnswering(place, main, signal)) return true;
      throw new GuestboardError('engine-unavailable', 'MariaDB ended while starting.', { detail: readLastWords(place, launchedAtMs) });
    },
    stop: async () => {
      const running = find();
      if (running !== null) await stopProcess(running);
      main = null;
      await waitUntilReleased(place);
    },
  };
}

/** The server removes its pid file when it has shut down in order, and only then. One that dies before it writes its own leaves ours. */
export function endedCleanly(place: Place): boolean {
  return !existsSync(place.pidFile);
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (!existsSync(place.systemSpace))
    throw new GuestboardError('engine-unavailable', 'The data folder is not complete. Initialise it first.');
  await waitUntilReleased(place);
  writeFileSync(place.pidFile, 'starting\n', { mode: 0o600 });
  return spawnDetached({
    command: place.mariadbd,
    args: serverArguments(place),
    outputFile: place.startupLog,
    cwd: place.data,
    env: { TZ: 'UTC' },
  });
}

/** An orderly shutdown; when that takes too long by force. A server stopped by a signal is let go on first. */
async function stopProcess(running: ProcessIdentity): Promise<void> {
  signalProcess(running, 'SIGTERM');
  signalProcess(running, 'SIGCONT');
  if (await waitForEnd(running, stopDeadlineMs)) return;
  if (!(await killTree(running, 'SIGKILL', 5000))) throw new GuestboardError('engine-unavailable', 'The database process cannot be ended.');
}

/** False when it ends before it answers. */
async function waitUntilAnswering(place: Place, main: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    if (!isSameProcess(main)) return false;
    try {
      (await connect(place, { connectTimeoutMs: 2000, signal })).close();
      return true;
    } catch (error) {
      // It answers, but does not know us; waiting would not help.
      if ([1045, 1698].includes(errorNumber(error) ?? 0)) throw error;
    }
    await sleep(25, undefined, { signal });
  }
}
