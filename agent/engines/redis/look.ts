import type { EngineHost, EngineLook } from '../../engine.ts';
import { createEngineLooker, unknownLook } from '../../engine-looker.ts';
import type { Server } from '../../engine-server.ts';
import type { LoginView } from '../../login-probe.ts';
import { createSourceWatch } from '../../source-watch.ts';
import { readAccess } from './access.ts';
import { needsRestart } from './configuration.ts';
import { type Client, connect, errorWord, type Seat, toEngineError } from './connections.ts';
import { adoptAccounts } from './copied-accounts.ts';
import { logIn } from './login-probe.ts';
import { rotateLogs } from './logs.ts';
import { createMeter, type Look, readLook } from './metrics.ts';
import { createNetworkGuard } from './network-guard.ts';
import type { Place } from './place.ts';
import { isBusy, type ScriptWatch } from './running-script.ts';
import { readSettings, type Source } from './settings.ts';
import { createSlowLog } from './slow-log.ts';
import { askSource, connectSource } from './source-link.ts';

/** Looks at the server each beat; copies its slow commands into a file, and ends connections from where none may come. */
export function createLooker(place: Place, seat: Seat, server: Server, host: EngineHost, scripts: ScriptWatch) {
  const meter = createMeter();
  const slowLog = createSlowLog(place);
  const guard = createNetworkGuard(place.listenAddress);
  const watch = createSourceWatch({
    now: host.now,
    connect: (source: Source) => connectSource(place, source),
    isOpen: (client: Client) => client.isOpen(),
    ask: askSource,
    cut: (client: Client) => client.cut(),
  });
  const looker = createEngineLooker<Client, Look>({
    dataFolder: place.data,
    now: host.now,
    mainProcess: server.process,
    connectionLost: host.connectionLost,
    monitored: {
      connect: async () => {
        seat.client = await connect(place, { connectTimeoutMs: 1500 });
        return seat.client;
      },
      onEnd: (client, then) => client.onEnd(then),
      cut: (client) => client.cut(),
      query: (client) => readLook(client, place, host.now()),
      describe: (error) => toEngineError(error).detail ?? null,
    },
    logIn: async () => {
      const login = await logIn(place);
      if (login.accepts) meter.loggedIn();
      return login;
    },
    connections: (seen) => seen.gauges.connections ?? 0,
    isPassing: (error) => errorWord(error) === 'LOADING',
    describeBusy: (error) => (isBusy(error) ? scripts.sentence() : null),
    startsAgain: false,
    toLook: async (seen, login) => {
      scripts.answered();
      const [settings, access] = [await readSettings(place).catch(() => null), await readAccess(place).catch(() => null)];
      if (seat.client !== null && settings !== null) {
        slowLog.copy(seat.client, host.now());
        const { client } = seat;
        guard(client, settings.allowedCidrs, access?.replicas ?? []).catch(() => {});
        if (settings.source !== null) watch.ask(settings.source, ({ accounts }) => adoptAccounts(place, client, accounts));
      }
      return {
        ...toLook(seen, login, meter.measure(seen, host.now())),
        ...(access?.stopped || settings?.fenced || seen.replication.isReplica ? { acceptsWrites: false } : {}),
        role: seen.replication.isReplica ? 'replica' : access?.replicas.length ? 'source' : 'standalone',
        replication: seen.replication.isReplica ? toReplication(seen.replication, watch.lag(seen.replication.offset)) : null,
        restartRequired: settings !== null && needsRestart(settings),
        startedAtMs: host.now() - seen.uptimeMs,
      };
    },
    reset: () => {
      meter.reset();
      watch.reset();
    },
  });
  return {
    ...looker,
    look: (signal: AbortSignal) => {
      // A server that a script keeps busy answers nothing, and that script may be what fills the log.
      rotateLogs(place);
      return looker.look(signal);
    },
  };
}

function toReplication({ connected }: Look['replication'], { behind, lagMs }: { behind: number | null; lagMs: number | null }) {
  return { connected, lagBytes: behind, lagMs };
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
