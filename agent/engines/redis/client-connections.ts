import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { Connection, ConnectionState } from '#contract/resources/connection.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import type { Place } from './place.ts';
import { endScript, findFunctionCall, isBusy, type ScriptWatch } from './running-script.ts';

type Found = { connection: Connection; number: string; waits: boolean };

const mostShown = 1000;

/** Who is connected, and how to be rid of them. The agent's own connections are nobody's business. */
export function createClientConnections(place: Place, seat: Seat, watch: ScriptWatch): Answers<'connections'> {
  return {
    list: (_input, { signal }) =>
      withClient(place, seat, signal, async (client) => {
        const found = await listConnections(client).catch((error) => listScript(client, watch, error));
        return { connections: found.slice(0, mostShown).map(({ connection }) => connection), total: found.length };
      }),
    cancel: ({ id }, { signal }) =>
      withClient(place, seat, signal, async (client) => {
        if (id.startsWith(scriptId)) return cancelScript(client, watch, id, signal);
        const { number, waits, connection } = await get(client, id);
        // Commands run one at a time, and this is not its turn: only what waits for data can be told to stop.
        if (!waits || (await client.ask('CLIENT', 'UNBLOCK', number, 'ERROR')) !== 1)
          throw new GuestboardError('conflict', 'This connection waits for nothing now.');
        return pick(connection);
      }),
    end: ({ id }, { signal }) =>
      withClient(place, seat, signal, async (client) => {
        if (id.startsWith(scriptId))
          throw new GuestboardError(
            'conflict',
            'Redis does not say whose script this is, so its connection cannot be ended. Cancel the script.',
          );
        const { number, connection } = await get(client, id);
        await client.ask('CLIENT', 'KILL', 'ID', number);
        return pick(connection);
      }),
  };
}

function pick({ user, database }: Connection) {
  return { user, database };
}

const scriptId = 'script-';

/** While a script runs the server lists nobody: the script is all there is to show, and to be rid of. */
async function listScript(client: Client, watch: ScriptWatch, error: unknown): Promise<Found[]> {
  if (!isBusy(error)) throw error;
  const sinceMs = watch.busy();
  const call = await findFunctionCall(client);
  const inStateMs = call?.durationMs ?? Math.max(0, watch.nowMs() - sinceMs);
  const connection: Connection = {
    id: `${scriptId}${sinceMs}`,
    user: null,
    database: null,
    program: null,
    address: null,
    state: 'active',
    inStateMs,
    inTransactionMs: null,
    connectedMs: null,
    statement: `${call?.words ?? 'A script (EVAL)'} keeps everybody waiting. Until it ends Redis does not say whose it is, nor who else is connected.`,
    blockedBy: [],
  };
  return [{ number: '', waits: false, connection }];
}

/** Only the one that was shown: another may run by now. */
async function cancelScript(client: Client, watch: ScriptWatch, id: string, signal: AbortSignal) {
  const busy = await client.ask('PING').then(() => false, isBusy);
  if (!busy || id !== `${scriptId}${watch.busy()}`) throw new GuestboardError('not-found', 'This script has ended already.');
  await endScript(client, signal);
  return { user: null, database: null };
}

async function get(client: Client, id: string): Promise<Found> {
  const found = (await listConnections(client)).find(({ connection }) => connection.id === id);
  if (found === undefined) throw new GuestboardError('not-found', 'This connection has ended already.');
  return found;
}

/** Those that wait first, then those with an open MULTI, then by how long they have been quiet. */
async function listConnections(client: Client): Promise<Found[]> {
  const run = /^run_id:(\w+)/m.exec(String(await client.ask('INFO', 'server')))?.[1] ?? '';
  return String(await client.ask('CLIENT', 'LIST'))
    .split('\n')
    .filter((line) => line !== '' && !throughSocket.test(line))
    .map((line) => toConnection(line, run))
    .filter(({ connection }) => !connection.user?.startsWith('guestboard_'))
    .sort((one, other) => order.indexOf(one.connection.state) - order.indexOf(other.connection.state));
}

/** The server's own socket, which is closed to others: only we come through it, and have no name yet while we log in. */
const throughSocket = / flags=\w*U/;

const order: readonly ConnectionState[] = ['waiting', 'active', 'idle-in-transaction', 'idle'];

/** `id=3 addr=127.0.0.1:52555 … name= … cmd=get user=app …`: no value holds a space. Redis names the last command only, not what it was given. */
function toConnection(line: string, run: string): Found {
  const values = new Map(line.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  const text = (name: string) => values.get(name) ?? '';
  const flags = text('flags');
  const [waits, inTransaction] = [flags.includes('b'), Number(text('multi')) >= 0];
  const state = waits ? 'waiting' : inTransaction ? 'idle-in-transaction' : 'idle';
  const quietMs = Number(text('idle')) * 1000;
  return {
    number: text('id'),
    waits,
    connection: {
      // Numbers begin anew with each life of the server.
      id: `${text('id')}-${run.slice(0, 12)}`,
      user: text('user'),
      database: text('db'),
      program: text('name') || null,
      address:
        text('addr')
          .replace(/:\d+$/, '')
          .replace(/^\[(.*)\]$/, '$1') || null,
      state,
      inStateMs: quietMs,
      inTransactionMs: inTransaction ? quietMs : null,
      connectedMs: Number(text('age')) * 1000,
      statement: text('cmd') === 'NULL' || text('cmd') === '' ? null : text('cmd').replace('|', ' ').toUpperCase(),
      blockedBy: [],
    },
  };
}
