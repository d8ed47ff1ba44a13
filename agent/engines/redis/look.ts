import type { EngineHost, EngineLook } from '../../engine.ts';
import { createEngineLooker, unknownLook } from '../../engine-looker.ts';
import type { Server } from '../../engine-server.ts';
import type { LoginView } from '../../login-probe.ts';
import { readAccess } from './access.ts';
import { needsRestart } from './configuration.ts';
import { type Client, connect, errorWord, type Seat, toEngineError } from './connections.ts';
import { logIn } from './login-probe.ts';
import { rotateLogs } from './logs.ts';
import { createMeter, type Look, readLook } from './metrics.ts';
import { createNetworkGuard } from './network-guard.ts';
import type { Place } from './place.ts';
import { readSettings } from './settings.ts';
import { createSlowLog } from './slow-log.ts';

/** Looks at the server each beat; copies its slow commands into a file, and ends connections from where none may come. */
export function createLooker(place: Place, seat: Seat, server: Server, host: EngineHost) {
  const meter = createMeter();
  const slowLog = createSlowLog(place);
  const guard = createNetworkGuard(place.listenAddress);
  return createEngineLooker<Client, Look>({
    dataFolder: place.data,
    now: host.now,
    mainProcess: server.process,
    monitored: {
      connect: async () => {
        seat.client = await connect(place, { connectTimeoutMs: 1500 });
        return seat.client;
      },
      onEnd: (client, then) => client.onEnd(then),
      cut: (client) => client.cut(),
      query: readLook,
      describe: (error) => toEngineError(error).detail ?? null,
    },
    logIn: () => logIn(place),
    isPassing: (error) => errorWord(error) === 'LOADING',
    startsAgain: false,
    toLook: async (seen, login) => {
      const [settings, access] = [await readSettings(place).catch(() => null), await readAccess(place).catch(() => null)];
      if (seat.client !== null && settings !== null) {
        slowLog.copy(seat.client, host.now());
        guard(seat.client, settings.allowedCidrs).catch(() => {});
      }
      rotateLogs(place);
      return {
        ...toLook(seen, login, meter.measure(seen, host.now())),
        ...(access?.stopped ? { acceptsWrites: false } : {}),
        restartRequired: settings !== null && needsRestart(settings),
        startedAtMs: host.now() - seen.uptimeMs,
      };
    },
    reset: meter.reset,
  });
}

function toLook(seen: Look, login: LoginView, metrics: Record<string, number>): EngineLook {
  // While it reads its files it answers this question and no other.
  if (seen.loading !== null) return { ...unknownLook, processState: 'starting', version: seen.version, lastError: seen.loading };
  return {
    ...unknownLook,
    processState: login.timedOut ? 'not-answering' : 'running',
    acceptsLogins: login.accepts,
    acceptsWrites: seen.writesToDisk,
    version: seen.version,
    lastError: findTrouble(seen, login),
    metrics,
  };
}

function findTrouble(seen: Look, login: LoginView): string | null {
  if (!login.accepts && seen.full) return 'Redis has reached its max number of clients.';
  return login.error ?? (seen.writesToDisk ? null : 'The append-only file cannot be written: Redis takes no writes until it can.');
}
