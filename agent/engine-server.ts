import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { isSameProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { killTree } from '#drivers/process/process-tree.ts';
import { sizeOfFile } from './logs/text-files.ts';

/** The server process: started, found again, stopped. Remembers which process it is. */
export type Server = {
  process(): ProcessIdentity | null;
  adopt(): ProcessIdentity | null;
  /** Returns when it answers; true when it had to be started. Running already is fine. */
  start(signal: AbortSignal): Promise<boolean>;
  /** Returns when it is gone. */
  stop(): Promise<void>;
};

/** What one engine knows about its server process. */
export type Served = {
  /** As in a sentence: "MariaDB". */
  title: string;
  /** The server that really runs on this guest's data, or null. */
  find(): ProcessIdentity | null;
  launch(): Promise<ProcessIdentity>;
  /** False when it does not answer yet; throws when waiting would not help. */
  answers(main: ProcessIdentity, signal: AbortSignal): Promise<boolean>;
  /** Signals that ask it to go, each with the time it gets. After the last it is killed with all its children. */
  stopSignals: readonly (readonly [NodeJS.Signals, number])[];
  /** After the process is gone: waits for and removes what it leaves. */
  release(): Promise<void>;
  /** What it says before it has a log; every start adds to it. */
  startupLog: string;
  /** What the server said since then, and in its start-up log from this byte on. */
  lastWords(sinceMs: number, fromByte: number): string;
};

/** What no engine starts without is gone: nobody can put it back, but there may be another copy. */
export function refuseWithout(file: string): GuestboardError {
  const next = 'Promote a replica, or restore a backup to a new instance.';
  return new GuestboardError('engine-unavailable', `Files that the database cannot start without are missing. ${next}`, { detail: file });
}

export function createEngineServer(engine: Served): Server {
  let main: ProcessIdentity | null = null;
  const find = () => {
    if (main === null || !isSameProcess(main)) main = engine.find();
    return main;
  };
  return {
    // Keeps naming a process that died, so that its death is seen; forgets it when stopped on purpose.
    process: () => main,
    adopt: find,
    start: async (signal) => {
      const found = find();
      // One that was killed a moment ago is still a process: when it goes instead of answering, it was never ours to wait for.
      if (found !== null && (await waitUntilAnswering(engine, found, signal))) return false;
      const launched = [Date.now(), sizeOfFile(engine.startupLog)] as const;
      main = await engine.launch().catch((error: unknown) => {
        // One that was gone before it was looked at has said no less than one that ended a moment later.
        const words = error instanceof GuestboardError && error.detail === undefined ? engine.lastWords(...launched) : '';
        throw error instanceof GuestboardError && words !== ''
          ? new GuestboardError(error.code, error.message, { detail: words, cause: error })
          : error;
      });
      if (await waitUntilAnswering(engine, main, signal)) return true;
      // A process that it leaves may still be writing down why.
      await engine.release().catch(() => {});
      throw sayEnd(engine.title, engine.lastWords(...launched));
    },
    stop: async () => {
      const running = find();
      if (running !== null) await stopProcess(engine, running);
      main = null;
      await engine.release();
    },
  };
}

/** In the server's own words. Of one that had none it is told what ends a server so, and that this is no reason to give it up. */
function sayEnd(title: string, words: string): GuestboardError {
  const sentence = `${title} ended while starting.`;
  if (words !== '') return new GuestboardError('engine-unavailable', sentence, { detail: words });
  const kill = 'It left no word of why, as a program does that is killed, by a host without memory for one. Try it again.';
  return new GuestboardError('engine-unavailable', `${sentence} ${kill}`);
}

/** An orderly shutdown; when that takes too long by force. A server stopped by a signal is let go on first. */
async function stopProcess({ stopSignals }: Served, running: ProcessIdentity): Promise<void> {
  for (const [signal, deadlineMs] of stopSignals) {
    signalProcess(running, signal);
    signalProcess(running, 'SIGCONT');
    if (await waitForEnd(running, deadlineMs)) return;
  }
  if (!(await killTree(running, 'SIGKILL', 5000))) throw new GuestboardError('engine-unavailable', 'The database process cannot be ended.');
}

/** False when it ends before it answers. */
async function waitUntilAnswering(engine: Served, main: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    if (!isSameProcess(main)) return false;
    if (await engine.answers(main, signal)) return true;
    await sleep(25, undefined, { signal });
  }
}
