import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { Connection, ConnectionState } from '#contract/resources/connection.ts';
import { type Client, withClient } from './connections.ts';
import { hideSecrets } from './hide-secrets.ts';
import { adminRole, type Place, probeRole } from './place.ts';

type Row = Omit<Connection, 'id' | 'state' | 'blockedBy'> & {
  pid: number;
  id: string;
  state: string | null;
  locked: boolean;
  blockers: number[];
};

const mostShown = 1000;
const patienceMs = 3000;

/** The process and when it began: a later connection may inherit the number, but never both. */
const idOf = `pid || '-' || (extract(epoch FROM backend_start) * 1000000)::int8`;
const ofClients = `backend_type = 'client backend' AND usename <> ALL ('{${adminRole},${probeRole}}')`;
const age = (moment: string) => `greatest(0, extract(epoch FROM clock_timestamp() - ${moment}) * 1000)::float8`;
const listText = `
  SELECT pid, ${idOf} AS id, usename AS user, datname AS database, nullif(application_name, '') AS program, host(client_addr) AS address,
    state, coalesce(wait_event_type = 'Lock', false) AS locked, left(query, 2000) AS statement,
    ${age("coalesce(CASE WHEN state = 'active' THEN query_start ELSE state_change END, backend_start)")} AS "inStateMs",
    ${age('xact_start')} AS "inTransactionMs", ${age('backend_start')} AS "connectedMs",
    -- Asked only of those that wait: the answer takes a lock that every statement needs.
    CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END AS blockers
  FROM pg_stat_activity WHERE ${ofClients}
  ORDER BY wait_event_type = 'Lock' DESC NULLS LAST, state = 'active' DESC NULLS LAST, xact_start NULLS LAST, backend_start LIMIT ${mostShown}`;

/** Who is connected, and how to be rid of them. The agent's own connections are nobody's business. */
export function createClientConnections(place: Place): Answers<'connections'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) =>
    withClient(place, { signal, statementTimeoutMs: 4000 }, work);
  return {
    list: (_input, { signal }) => ask(signal, list),
    cancel: ({ id }, { signal }) => ask(signal, (client) => cancel(client, id, signal)),
    end: ({ id }, { signal }) => ask(signal, (client) => end(client, id)),
  };
}

async function list(client: Client): Promise<{ connections: Connection[]; total: number }> {
  const { rows } = await client.query<Row>(listText);
  const total = rows.length < mostShown ? rows.length : await count(client);
  const ids = new Map(rows.map(({ pid, id }) => [pid, id]));
  const connections = rows.map(({ pid: _, state, locked, blockers, statement, ...row }) => ({
    ...row,
    statement: statement === null || statement === '' ? null : hideSecrets(statement),
    state: toState(state, locked),
    blockedBy: [...new Set(blockers)].map((pid) => ids.get(pid)).filter((id) => id !== undefined),
  }));
  return { connections, total };
}

async function count(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${ofClients}`);
  return rows[0]?.n ?? 0;
}

function toState(state: string | null, locked: boolean): ConnectionState {
  if (state?.startsWith('idle in transaction')) return 'idle-in-transaction';
  if (state === 'active' || state === 'fastpath function call') return locked ? 'waiting' : 'active';
  return 'idle';
}

type Found = { user: string; database: string | null; active: boolean; since: string | null };

async function find(client: Client, id: string): Promise<Found | null> {
  const { rows } = await client.query<Found>(
    `SELECT usename AS user, datname AS database, state = 'active' AS active, query_start::text AS since
     FROM pg_stat_activity WHERE ${ofClients} AND ${idOf} = $1`,
    [id],
  );
  return rows[0] ?? null;
}

async function get(client: Client, id: string): Promise<Found> {
  const found = await find(client, id);
  if (found === null) throw new GuestboardError('not-found', 'This connection has ended already.');
  return found;
}

async function cancel(client: Client, id: string, signal: AbortSignal) {
  const found = await get(client, id);
  if (!found.active) throw new GuestboardError('conflict', 'This connection runs no statement now.');
  await client.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${idOf} = $1`, [id]);
  const until = performance.now() + patienceMs;
  for (;;) {
    const now = await find(client, id);
    if (now === null || !now.active || now.since !== found.since) return { user: found.user, database: found.database };
    if (performance.now() > until)
      throw new GuestboardError('engine-error', 'The statement was told to stop and has not ended yet. End the connection if it lasts.');
    await sleep(50, undefined, { signal });
  }
}

async function end(client: Client, id: string) {
  const { user, database } = await get(client, id);
  const { rows } = await client.query<{ ended: boolean }>(
    `SELECT pg_terminate_backend(pid, ${patienceMs}) AS ended FROM pg_stat_activity WHERE ${idOf} = $1`,
    [id],
  );
  if (rows[0]?.ended === false && (await find(client, id)) !== null)
    throw new GuestboardError('engine-error', 'The connection was told to end and has not ended yet. Restart the database if it lasts.');
  return { user, database };
}
