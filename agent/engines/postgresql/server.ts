import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { isSameProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { killTree } from '#drivers/process/process-tree.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { close, connect, sqlState } from './connections.ts';
import { readControlFile } from './control-file.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { clearLeftovers, findPostmaster, saysReady } from './processes.ts';

const stopDeadlineMs = 60_000;

/** The server process: started, found again, stopped. Remembers which process it is. */
export type Server = {
  process(): ProcessIdentity | null;
  adopt(): ProcessIdentity | null;
  /** Returns when it answers. Running already is fine. */
  start(signal: AbortSignal): Promise<void>;
  /** Returns when it is gone. */
  stop(): Promise<void>;
};

export function createServer(place: Place): Server {
  let main: ProcessIdentity | null = null;
  const find = () => {
    if (main === null || !isSameProcess(main)) main = findPostmaster(place);
    return main;
  };
  return {
    // Keeps naming a process that died, so that its death is seen; forgets it when stopped on purpose.
    process: () => main,
    adopt: find,
    start: async (signal) => {
      const found = find();
      // One that was killed a moment ago is still a process: when it goes instead of answering, it was never ours to wait for.
      if (found !== null && (await waitUntilAnswering(place, found, signal))) return;
      const launchedAtMs = Date.now();
      main = await launch(place);
      if (await waitUntilAnswering(place, main, signal)) return;
      throw new GuestboardError('engine-unavailable', 'PostgreSQL ended while starting.', { detail: readLastWords(place, launchedAtMs) });
    },
    stop: async () => {
      const running = find();
      if (running !== null) await stopProcess(running);
      main = null;
      if (readControlFile(place) !== null) await clearLeftovers(place);
    },
  };
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (readControlFile(place) === null)
    throw new GuestboardError('engine-unavailable', 'The data folder is not complete. Initialise it first.');
  await clearLeftovers(place);
  await mkdir(place.logs, { recursive: true, mode: 0o700 });
  return spawnDetached({
    command: place.postgres,
    args: ['-D', place.data, '-c', `config_file=${place.configFile}`],
    outputFile: place.startupLog,
    cwd: place.data,
  });
}

/** Fast shutdown; when that takes too long immediate; then by force, with every child. A server stopped by a signal is let go on first. */
async function stopProcess(running: ProcessIdentity): Promise<void> {
  for (const [signal, deadlineMs] of [
    ['SIGINT', stopDeadlineMs],
    ['SIGQUIT', 10_000],
  ] as const) {
    signalProcess(running, signal);
    signalProcess(running, 'SIGCONT');
    if (await waitForEnd(running, deadlineMs)) return;
  }
  if (!(await killTree(running, 'SIGKILL', 5000))) throw new GuestboardError('engine-unavailable', 'The database process cannot be ended.');
}

/** False when it ends before it answers. */
async function waitUntilAnswering(place: Place, main: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    if (!isSameProcess(main)) return false;
    if (saysReady(place, main)) {
      try {
        close(await connect(place, { connectTimeoutMs: 2000, signal }));
        return true;
      } catch (error) {
        // 28: it answers, but does not know us; waiting would not help.
        if (sqlState(error)?.startsWith('28')) throw error;
      }
    }
    await sleep(25, undefined, { signal });
  }
}
