import { statSync } from 'node:fs';
import type { EngineHost } from '../../engine.ts';
import { createEngineLooker, unknownLook } from '../../engine-looker.ts';
import type { Server } from '../../engine-server.ts';
import type { LoginView } from '../../login-probe.ts';
import { createSourceWatch } from '../../source-watch.ts';
import { type Client, connect, errorNumber, toEngineError } from './connections.ts';
import { logIn } from './login-probe.ts';
import { createMeter, type Look, readLook } from './metrics.ts';
import { createOptions } from './options.ts';
import type { Place } from './place.ts';
import { readSettings, type Source } from './settings.ts';
import { askSource, connectSource, toSequence } from './source-link.ts';

export function createLooker(place: Place, server: Server, host: EngineHost) {
  const meter = createMeter(place);
  const { isRestartRequired } = createOptions(place.dialect);
  let startedAtMs: number | null = null;
  const watch = createSourceWatch({
    now: host.now,
    connect: (source: Source) => connectSource(place, source),
    isOpen: () => true,
    ask: askSource,
    cut: (client: Client) => client.cut(),
  });
  return createEngineLooker<Client, Look>({
    dataFolder: place.data,
    now: host.now,
    mainProcess: server.process,
    connectionLost: host.connectionLost,
    monitored: {
      connect: () => connect(place, { connectTimeoutMs: 1500, statementTimeoutMs: 2000 }),
      onEnd: (client, then) => client.onEnd(then),
      cut: (client) => client.cut(),
      query: readLook,
      describe: (error) => toEngineError(error, place.dialect).detail ?? null,
    },
    logIn: () => logIn(place),
    connections: (seen) => seen.connections,
    // 1053: shutting down.
    isPassing: (error) => errorNumber(error) === 1053,
    startsAgain: false,
    toLook: async (seen, login) => {
      startedAtMs ??= readStart(place) ?? host.now();
      const settings = await readSettings(place).catch(() => null);
      if (settings?.source) watch.ask(settings.source);
      const { replica } = seen;
      return {
        ...toLook(seen, login, meter.measure(seen, host.now())),
        ...(replica?.error ? { lastError: replica.error } : {}),
        role: settings?.source ? 'replica' : settings?.replicas.length ? 'source' : 'standalone',
        // The bytes are what was received and not applied. The time is since when the source has had more, by its own count.
        replication:
          replica === null
            ? null
            : { connected: replica.connected, lagBytes: replica.waitingBytes, lagMs: watch.lag(toSequence(replica.applied)).lagMs },
        restartRequired: settings !== null && isRestartRequired(settings),
        startedAtMs,
      };
    },
    reset: () => {
      meter.reset();
      watch.reset();
      startedAtMs = null;
    },
  });
}

function toLook(seen: Look, login: LoginView, metrics: Record<string, number>) {
  return {
    ...unknownLook,
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
