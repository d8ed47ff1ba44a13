import { existsSync } from 'node:fs';
import { isSameProcess, type ProcessIdentity, readProcess } from '#drivers/process/pid-identity.ts';
import type { EngineHost, EngineLook } from '../../engine.ts';
import { type Client, close, connect, sqlState, toEngineError } from './connections.ts';
import { createLoginProbe } from './login-probe.ts';
import { createMeter, type Look, lookQuery } from './metrics.ts';
import type { Place } from './place.ts';
import type { Server } from './server.ts';

const lookDeadlineMs = 600;

type Looker = { look(signal: AbortSignal): Promise<EngineLook>; close(): void };

/**
 * One look per beat on one lasting connection, and every two seconds a login of its own: an open connection goes on answering
 * while the postmaster, which takes new ones, does not.
 */
export function createLooker(place: Place, server: Server, host: EngineHost): Looker {
  const probe = createLoginProbe(place);
  const meter = createMeter(place);
  let client: Client | null = null;
  let opening: Promise<void> | null = null;
  let lastError: string | null = null;

  const drop = () => {
    if (client !== null) close(client);
    client = null;
  };
  // Opened beside the beat: a server that does not answer must not hold one up.
  const openBeside = () => {
    opening ??= connect(place, { connectTimeoutMs: 1500, statementTimeoutMs: 2000 })
      .then(
        (opened) => {
          client = opened;
          opened.once('end', () => {
            if (client === opened) client = null;
          });
        },
        (error) => {
          lastError = toEngineError(error).detail ?? null;
        },
      )
      .finally(() => {
        opening = null;
      });
    return opening;
  };

  return {
    look: async (signal) => {
      const main = server.process();
      if (main === null || !isSameProcess(main)) {
        drop();
        probe.reset();
        meter.reset();
        return { ...unknown, processState: existsSync(place.data) ? 'stopped' : 'none' };
      }
      if (isFrozen(main)) return { ...unknown, processState: 'not-answering', lastError: 'The database process is stopped by a signal.' };
      if (client === null) await within(openBeside(), lookDeadlineMs);
      const login = await probe.look(host.now());
      if (client === null) return { ...unknown, processState: login.timedOut ? 'not-answering' : 'starting', lastError };
      const seen = await within(ask(client), lookDeadlineMs);
      if (seen === undefined || signal.aborted) {
        drop();
        return { ...unknown, processState: 'not-answering', lastError: 'The database did not answer in time.' };
      }
      if (seen instanceof Error) {
        drop();
        lastError = seen.message;
        const starting = sqlState(seen)?.startsWith('57P') ?? false;
        return { ...unknown, processState: starting ? 'starting' : 'not-answering', lastError };
      }
      lastError = null;
      return {
        processState: login.timedOut ? 'not-answering' : 'running',
        acceptsLogins: login.accepts,
        acceptsWrites: !seen.recovering && !seen.stopped,
        restartRequired: seen.restart_required,
        role: seen.receives ? 'replica' : seen.slots > 0 ? 'source' : 'standalone',
        version: seen.version,
        startedAtMs: seen.started_at.getTime(),
        replication: seen.receives ? { connected: seen.streaming, lagBytes: toNumber(seen.lag_bytes), lagMs: toNumber(seen.lag_ms) } : null,
        lastError: login.error,
        metrics: meter.measure(seen, host.now()),
      };
    },
    close: () => {
      drop();
      probe.reset();
    },
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

async function ask(client: Client): Promise<Look | Error> {
  try {
    const { rows } = await client.query<Look>(lookQuery);
    return rows[0] ?? new Error('The server gave no answer.');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isFrozen({ pid }: ProcessIdentity): boolean {
  const state = readProcess(pid)?.state;
  return state === 'T' || state === 't';
}

async function within<T>(work: Promise<T>, deadlineMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toNumber(value: string | null): number | null {
  return value === null ? null : Number(value);
}
