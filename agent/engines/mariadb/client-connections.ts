import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { Connection, ConnectionState } from '#contract/resources/connection.ts';
import type { Server } from '../../engine-server.ts';
import { type Client, withClient } from './connections.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { Place } from './place.ts';

type Row = {
  id: number;
  queryId: number;
  user: string;
  database: string | null;
  address: string;
  command: string;
  quietMs: number;
  doing: string | null;
  statement: string | null;
  transactionMs: number | null;
  waitsForRow: number | null;
};
/** Which life of the server its connections' numbers are of, and the turn to ask for them. */
type Sight = { life: string; inTurn<T>(ask: () => Promise<T>): Promise<T> };
type Found = { row: Row; connection: Connection };

const mostShown = 1000;
const patienceMs = 3000;
/** InnoDB answers about transactions from a copy that it renews only when nobody has read it for 100 ms: asked more often it stands still. */
const apartMs = 120;

/** Who is connected, and how to be rid of them. The agent's own connections are nobody's business: they come over the socket, which HOST shows. */
export function createClientConnections(place: Place, server: Pick<Server, 'process'>): Answers<'connections'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) =>
    withClient(place, { signal, statementTimeoutMs: 4000 }, work);
  // Numbers begin anew with each life of the server.
  const inTurn = keepApart(apartMs);
  const sight = (): Sight => ({ life: `${server.process()?.startTicks ?? 0}`, inTurn });
  return {
    list: (_input, { signal }) =>
      ask(signal, async (client) => {
        const found = await list(client, sight());
        return { connections: found.slice(0, mostShown).map(({ connection }) => connection), total: found.length };
      }),
    cancel: ({ id }, { signal }) => ask(signal, (client) => cancel(client, sight(), id, signal)),
    end: ({ id }, { signal }) => ask(signal, (client) => end(client, sight(), id, signal)),
  };
}

/** Those that wait first, then what runs, then by how long their transaction is open. */
async function list(client: Client, { life, inTurn }: Sight): Promise<Found[]> {
  const { rows, waits } = await inTurn(async () => {
    const rows = await client.query<Row>(client.dialect.connections.list);
    const waits = rows.some((row) => row.waitsForRow === 1)
      ? await client.query<{ waiter: number; holder: number }>(client.dialect.connections.waits)
      : [];
    return { rows, waits };
  });
  const idOf = (id: number) => `${id}-${life}`;
  const found = rows.map((row): Found => {
    const statement = row.statement === null || row.statement === '' ? null : hideSecrets(row.statement);
    const holders = waits.filter(({ waiter, holder }) => waiter === row.id && rows.some(({ id }) => id === holder));
    return {
      row,
      connection: {
        id: idOf(row.id),
        user: row.user,
        database: row.database,
        program: null,
        address: row.address.replace(/:\d+$/, ''),
        state: toState(row),
        inStateMs: Math.max(0, row.quietMs),
        inTransactionMs: row.transactionMs === null ? null : Math.max(0, Number(row.transactionMs)),
        connectedMs: null,
        statement,
        blockedBy: [...new Set(holders.map(({ holder }) => idOf(holder)))],
      },
    };
  });
  const rank = ({ connection }: Found) => order.indexOf(connection.state);
  return found.sort(
    (one, other) => rank(one) - rank(other) || (other.connection.inTransactionMs ?? 0) - (one.connection.inTransactionMs ?? 0),
  );
}

const order: readonly ConnectionState[] = ['waiting', 'active', 'idle-in-transaction', 'idle'];

function toState({ command, waitsForRow, doing, transactionMs }: Row): ConnectionState {
  if (command === 'Sleep') return transactionMs === null ? 'idle' : 'idle-in-transaction';
  return waitsForRow === 1 || /^waiting for .*lock/i.test(doing ?? '') ? 'waiting' : 'active';
}

async function find(client: Client, sight: Sight, id: string): Promise<Found | null> {
  return (await list(client, sight)).find(({ connection }) => connection.id === id) ?? null;
}

async function get(client: Client, sight: Sight, id: string): Promise<Found> {
  const found = await find(client, sight, id);
  if (found === null) throw new GuestboardError('not-found', 'This connection has ended already.');
  return found;
}

async function cancel(client: Client, sight: Sight, id: string, signal: AbortSignal) {
  const { row } = await get(client, sight, id);
  if (row.command === 'Sleep') throw new GuestboardError('conflict', 'This connection runs no statement now.');
  await client.query(client.dialect.connections.cancel({ id: Number(row.id), queryId: Number(row.queryId) })).catch(() => {});
  await until(signal, 'The statement was told to stop and has not ended yet. End the connection if it lasts.', async () => {
    const now = await find(client, sight, id);
    return now === null || now.row.command === 'Sleep' || now.row.queryId !== row.queryId;
  });
  return { user: row.user, database: row.database };
}

async function end(client: Client, sight: Sight, id: string, signal: AbortSignal) {
  const { row } = await get(client, sight, id);
  await client.query(client.dialect.connections.end(Number(row.id))).catch(() => {});
  await until(signal, 'The connection was told to end and has not ended yet. Restart the database if it lasts.', async () => {
    return (await find(client, sight, id)) === null;
  });
  return { user: row.user, database: row.database };
}

async function until(signal: AbortSignal, late: string, isDone: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + patienceMs; !(await isDone()); ) {
    if (performance.now() > end) throw new GuestboardError('engine-error', late);
    await sleep(50, undefined, { signal });
  }
}

/** One after the other, and each so long after the end of the one before. */
function keepApart(ms: number) {
  let turn: Promise<unknown> = Promise.resolve();
  let endedAt = Number.NEGATIVE_INFINITY;
  return <T>(ask: () => Promise<T>): Promise<T> => {
    const mine = turn.then(async () => {
      await sleep(Math.max(0, endedAt + ms - performance.now()));
      return ask().finally(() => {
        endedAt = performance.now();
      });
    });
    turn = mine.catch(() => {});
    return mine;
  };
}
