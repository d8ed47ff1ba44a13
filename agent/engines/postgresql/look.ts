import { existsSync } from 'node:fs';
import { isSameProcess, type ProcessIdentity, readProcess } from '#drivers/process/pid-identity.ts';
import type { EngineHost, EngineLook } from '../../engine.ts';
import { sqlState } from './connections.ts';
import { closedSentence } from './growth-stop.ts';
import { createLoginProbe, type LoginView } from './login-probe.ts';
import { createMeter, type Look } from './metrics.ts';
import { createMonitorConnection } from './monitor-connection.ts';
import type { Place } from './place.ts';
import { saysReady } from './processes.ts';
import type { Server } from './server.ts';

/** With the login probe's patience of a first time still well within a beat. */
const askDeadlineMs = 500;

/**
 * One look per beat on one lasting connection, and every two seconds a login of its own: an open connection goes on answering
 * while the postmaster, which takes new ones, does not.
 */
export function createLooker(place: Place, server: Server, host: EngineHost) {
  const probe = createLoginProbe(place);
  const meter = createMeter(place);
  const monitor = createMonitorConnection(place);
  let last: EngineLook | null = null;
  let late = 0;

  const forget = () => {
    monitor.drop();
    probe.reset();
    meter.reset();
    last = null;
    late = 0;
  };
  const silent = (lastError: string | null): EngineLook => ({ ...unknown, processState: 'not-answering', lastError });

  return {
    look: async (_signal: AbortSignal): Promise<EngineLook> => {
      const main = server.process();
      if (main === null || !isSameProcess(main)) {
        forget();
        return { ...unknown, processState: existsSync(place.data) ? 'stopped' : 'none' };
      }
      if (isFrozen(main)) return silent('The database process is stopped by a signal.');
      // Asked by its file first: connecting to a server that starts fills the tenant's log with refusals.
      if (!monitor.isOpen() && !saysReady(place, main)) return { ...unknown, processState: 'starting' };
      const answer = await monitor.ask(askDeadlineMs);
      const login = await probe.look(host.now());
      switch (answer.kind) {
        case 'closed':
          return login.timedOut ? silent(answer.error) : { ...unknown, processState: 'starting', lastError: answer.error };
        case 'late':
          // One slow answer on a busy host is no outage: what was seen a beat ago stands, once.
          late += 1;
          if (last !== null && late < 2) return { ...last, metrics: null };
          return silent('The database did not answer in time.');
        case 'failed':
          if (sqlState(answer.error)?.startsWith('57P')) return { ...unknown, processState: 'starting', lastError: answer.error.message };
          return silent(answer.error.message);
        case 'seen':
          late = 0;
          last = toLook(answer.look, login, meter.measure(answer.look, host.now()));
          return last;
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

function toLook(seen: Look, login: LoginView, metrics: Record<string, number>): EngineLook {
  return {
    processState: login.timedOut ? 'not-answering' : 'running',
    acceptsLogins: login.accepts,
    acceptsWrites: !seen.recovering && !seen.stopped,
    restartRequired: seen.restart_required,
    role: seen.receives ? 'replica' : seen.slots > 0 ? 'source' : 'standalone',
    version: seen.version,
    startedAtMs: seen.started_at.getTime(),
    replication: seen.receives ? { connected: seen.streaming, lagBytes: toNumber(seen.lag_bytes), lagMs: toNumber(seen.lag_ms) } : null,
    lastError: seen.closed ? closedSentence : login.error,
    metrics,
  };
}

function isFrozen({ pid }: ProcessIdentity): boolean {
  const state = readProcess(pid)?.state;
  return state === 'T' || state === 't';
}

function toNumber(value: string | null): number | null {
  return value === null ? null : Number(value);
}
