import { existsSync, statSync } from 'node:fs';
import { isSameProcess, type ProcessIdentity } from '#drivers/process/pid-identity.ts';
import type { EngineHost, EngineLook } from '../../engine.ts';
import { errorNumber } from './connections.ts';
import { createLoginProbe, type LoginView } from './login-probe.ts';
import { createMeter, type Look } from './metrics.ts';
import { createMonitorConnection } from './monitor-connection.ts';
import { isRestartRequired } from './options.ts';
import type { Place } from './place.ts';
import { isFrozen } from './processes.ts';
import type { Server } from './server.ts';
import { readSettings } from './settings.ts';

/** With the login probe's patience of a first time still well within a beat. */
const askDeadlineMs = 500;

/**
 * One look per beat on one lasting connection, and every two seconds a login of its own: an open connection goes on answering
 * while nobody new is let in.
 */
export function createLooker(place: Place, server: Server, host: EngineHost) {
  const probe = createLoginProbe(place);
  const meter = createMeter(place);
  const monitor = createMonitorConnection(place);
  let last: EngineLook | null = null;
  let late = 0;
  let seen: ProcessIdentity | null = null;
  let startedAtMs = 0;

  const forget = () => {
    monitor.drop();
    probe.reset();
    meter.reset();
    last = null;
    late = 0;
    seen = null;
  };
  const silent = (lastError: string | null): EngineLook => ({ ...unknown, processState: 'not-answering', lastError });

  return {
    look: async (_signal: AbortSignal): Promise<EngineLook> => {
      const main = server.process();
      if (main === null || !isSameProcess(main)) {
        forget();
        return { ...unknown, processState: existsSync(place.data) ? 'stopped' : 'none' };
      }
      if (seen !== main) {
        forget();
        seen = main;
        startedAtMs = readStart(place) ?? host.now();
      }
      if (isFrozen(main)) return silent('The database process is stopped by a signal.');
      const answer = await monitor.ask(askDeadlineMs);
      const login = await probe.look(host.now());
      switch (answer.kind) {
        case 'closed':
          return last === null && !login.timedOut
            ? { ...unknown, processState: 'starting', lastError: answer.error }
            : silent(answer.error);
        case 'late':
          // One slow answer on a busy host is no outage: what was seen a beat ago stands, once.
          late += 1;
          if (last !== null && late < 2) return { ...last, metrics: null };
          return silent('The database did not answer in time.');
        case 'failed':
          if (errorNumber(answer.error) === 1053) return { ...unknown, processState: 'starting', lastError: answer.error.message };
          return silent(answer.error.message);
        case 'seen': {
          late = 0;
          const settings = await readSettings(place).catch(() => null);
          last = {
            ...toLook(answer.look, login, meter.measure(answer.look, host.now())),
            restartRequired: settings !== null && isRestartRequired(settings),
            startedAtMs,
          };
          return last;
        }
      }
    },
    close: forget,
  };
}

const unknown = {
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

function toLook(seen: Look, login: LoginView, metrics: Record<string, number>) {
  return {
    ...unknown,
    processState: login.timedOut ? 'not-answering' : 'running',
    acceptsLogins: login.accepts,
    acceptsWrites: !seen.stopped,
    version: seen.version,
    lastError: login.error,
    metrics,
  } as const;
}

/** The server writes its pid file once in its life, as it begins to take connections. */
function readStart(place: Place): number | null {
  return statSync(place.pidFile, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
