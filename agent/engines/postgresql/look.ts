import type { EngineHost, EngineLook } from '../../engine.ts';
import { createEngineLooker } from '../../engine-looker.ts';
import type { Server } from '../../engine-server.ts';
import type { LoginView } from '../../login-probe.ts';
import { type Client, close, connect, sqlState, toEngineError } from './connections.ts';
import { closedSentence } from './growth-stop.ts';
import { logIn } from './login-probe.ts';
import { createMeter, type Look, lookQuery } from './metrics.ts';
import type { Place } from './place.ts';
import { saysReady } from './processes.ts';

export function createLooker(place: Place, server: Server, host: EngineHost) {
  const meter = createMeter(place);
  return createEngineLooker<Client, Answered>({
    dataFolder: place.data,
    now: host.now,
    mainProcess: server.process,
    connectionLost: host.connectionLost,
    monitored: {
      connect: () => connect(place, { connectTimeoutMs: 1500, statementTimeoutMs: 2000 }),
      onEnd: (client, then) => client.once('end', then),
      cut: close,
      query: readLook,
      describe: (error) => toEngineError(error).detail ?? null,
    },
    logIn: () => logIn(place),
    connections: (seen) => seen.connections,
    // Asked by its file first: connecting to a server that starts fills the tenant's log with refusals.
    isStarting: (main) => !saysReady(place, main),
    isPassing: (error) => sqlState(error)?.startsWith('57P') ?? false,
    startsAgain: true,
    toLook: (seen, login) => toLook(seen, login, meter.measure(seen, host.now())),
    reset: meter.reset,
  });
}

type Answered = Omit<Look, 'restart_required'> & { restart_required: boolean };
/** What the server behind each connection said last: whether it waits for a restart changes only with its configuration. */
const answered = new WeakMap<Client, Answered>();

async function readLook(client: Client): Promise<Answered> {
  const last = answered.get(client);
  // Named: planned once per connection, not every second.
  const query = { name: 'look', text: lookQuery, values: [last?.configuration_read_at ?? ''] };
  const [look] = (await client.query<Look>(query)).rows;
  if (look === undefined) throw new Error('The server gave no answer.');
  const answer = { ...look, restart_required: look.restart_required ?? last?.restart_required ?? false };
  answered.set(client, answer);
  return answer;
}

function toLook(seen: Answered, login: LoginView, metrics: Record<string, number>): EngineLook {
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

function toNumber(value: string | null): number | null {
  return value === null ? null : Number(value);
}
