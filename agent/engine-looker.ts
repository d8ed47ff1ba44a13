import { existsSync } from 'node:fs';
import { measureAgeMs, type ProcessIdentity, readSameProcess } from '#drivers/process/pid-identity.ts';
import type { EngineHost, EngineLook } from './engine.ts';
import { createLoginProbe, type LoginView } from './login-probe.ts';
import { createMonitorConnection, type Monitored } from './monitor-connection.ts';

/** With the login probe's patience of a first time still well within a beat. */
const askDeadlineMs = 500;
/** How long a server that reads its files may say nothing: on a busy host it answers between two of them, not within a beat. */
const startPatienceMs = 30_000;

/** What one engine knows about looking at its server. */
export type Looked<Client, Seen> = {
  dataFolder: string;
  now(): number;
  mainProcess(): ProcessIdentity | null;
  monitored: Monitored<Client, Seen>;
  connectionLost: EngineHost['connectionLost'];
  logIn(): Promise<LoginView>;
  /** How many are taken, as it was seen. */
  connections(seen: Seen): number;
  /** Asked before connecting: true when the server itself says, without a connection, that it is not ready. */
  isStarting?(main: ProcessIdentity): boolean;
  /** Whether an error of an open connection says that the server comes or goes. */
  isPassing(error: Error): boolean;
  /** What keeps a server from answering by its own words, as a sentence; null where it is something else. */
  describeBusy?(error: Error): string | null;
  /** Whether a server that was seen before and takes no connection now counts as starting. */
  startsAgain: boolean;
  toLook(seen: Seen, login: LoginView, main: ProcessIdentity): EngineLook | Promise<EngineLook>;
  /** A new life of the server begins, or the look ends. */
  reset(): void;
};

/**
 * One look per beat on one lasting connection, and every few seconds a login of its own: an open connection goes on answering
 * while nobody new is let in.
 */
export function createEngineLooker<Client, Seen>(engine: Looked<Client, Seen>) {
  const probe = createLoginProbe(engine.logIn);
  const monitor = createMonitorConnection(engine.monitored, engine.connectionLost);
  let last: EngineLook | null = null;
  let heardAtMs = 0;
  let late = 0;
  let looked: ProcessIdentity | null = null;

  const forget = () => {
    monitor.drop();
    probe.reset();
    engine.reset();
    last = null;
    late = 0;
    looked = null;
  };
  /** It has not been ready yet, as far as is known. */
  const isComing = (main: ProcessIdentity) =>
    last === null ? measureAgeMs(main) < startPatienceMs : last.processState === 'starting' && engine.now() - heardAtMs < startPatienceMs;
  const silent = (lastError: string | null): EngineLook => ({ ...unknownLook, processState: 'not-answering', lastError });
  const starting = (lastError: string | null): EngineLook => ({ ...unknownLook, processState: 'starting', lastError });

  return {
    look: async (_signal: AbortSignal): Promise<EngineLook> => {
      const main = engine.mainProcess();
      const stat = main === null ? null : readSameProcess(main);
      if (main === null || stat === null) {
        forget();
        return { ...unknownLook, processState: existsSync(engine.dataFolder) ? 'stopped' : 'none' };
      }
      if (looked !== main) {
        forget();
        looked = main;
      }
      if (stat.state === 'T' || stat.state === 't') return silent('The database process is stopped by a signal.');
      if (!monitor.isOpen() && engine.isStarting?.(main)) return starting(null);
      const answer = await monitor.ask(askDeadlineMs);
      const login = await probe.look(engine.now(), answer.kind === 'seen' ? engine.connections(answer.look) : null);
      switch (answer.kind) {
        case 'closed':
          return isComing(main) || ((last === null || engine.startsAgain) && !login.timedOut)
            ? starting(answer.error)
            : silent(answer.error);
        case 'late':
          if (isComing(main)) return last === null ? starting(null) : { ...last, metrics: null };
          // One slow answer on a busy host is no outage: what was seen a beat ago stands, once.
          late += 1;
          if (last !== null && late < 2) return { ...last, metrics: null };
          return silent('The database did not answer in time.');
        case 'failed':
          if (engine.isPassing(answer.error)) return starting(answer.error.message);
          return { ...silent(answer.error.message), busyWith: engine.describeBusy?.(answer.error) ?? null };
        case 'seen':
          late = 0;
          heardAtMs = engine.now();
          last = await engine.toLook(answer.look, login, main);
          return last;
      }
    },
    close: forget,
  };
}

/** All that is known of a server that says nothing. */
export const unknownLook = {
  acceptsLogins: false,
  acceptsWrites: false,
  restartRequired: false,
  role: 'standalone',
  version: null,
  startedAtMs: null,
  replication: null,
  lastError: null,
  metrics: null,
} as const satisfies Omit<EngineLook, 'processState'>;
