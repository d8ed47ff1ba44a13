import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import type { Connection } from '#contract/resources/connection.ts';
import { type TenantClient, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

/** Who is connected, who waits for whom, and how to be rid of one without touching another. */
export function testConnections(bench: TestBench): void {
  describe('connections', () => {
    const { says } = bench.subject;
    const named = hasNamedDatabases(bench.subject.datastore);
    const database = named ? tenant.database : '0';
    let guest: TestGuest;
    const open: TenantClient[] = [];
    const connect = async () => {
      const client = await bench.subject.connect(guest, tenant);
      open.push(client);
      return client;
    };
    const list = async () => (await guest.engine.connections.list({}, context())).connections;
    const find = (pleases: (connection: Connection) => boolean) =>
      until(
        async () => {
          // MariaDB renews its list of transactions only when nobody has asked for 100 ms.
          await sleep(120);
          return (await list()).find(pleases);
        },
        (found) => found !== undefined,
      ).then((found) => found as Connection);

    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, says.make('held'));
      await bench.ask(guest, says.add('held', 1));
      return () => Promise.all(open.map((client) => client.close()));
    });

    test('only clients are listed, with what they do', async () => {
      // The server lets go of what made the table a moment after its client has.
      await until(list, (connections) => connections.length === 0);
      const client = await connect();
      await client.query(says.nothing);
      expect(await list()).toMatchObject([{ user: 'app', database, address: '127.0.0.1', state: 'idle', blockedBy: [] }]);
      await client.close();
      await until(list, (connections) => connections.length === 0);
    });

    // Where nothing is locked nobody waits for another.
    if (named)
      test('a waiting statement names whom it waits for; ending that one lets it go on, and nothing of it stays', async () => {
        const [holder, waiter] = [await connect(), await connect()];
        await holder.query('BEGIN');
        await holder.query('UPDATE held SET n = 2');
        const done = waiter.query('UPDATE held SET n = n + 10');
        const waiting = await find(({ state }) => state === 'waiting');
        const holding = await find(({ state }) => state === 'idle-in-transaction');
        expect(waiting).toMatchObject({ blockedBy: [holding.id], statement: expect.stringContaining('n + 10') });
        expect(holding.inTransactionMs).toBeGreaterThan(0);
        expect(await guest.engine.connections.end({ id: holding.id }, context())).toEqual({ user: 'app', database });
        await done;
        await expect(holder.query(says.nothing)).rejects.toThrow();
        expect(await bench.ask(guest, 'SELECT n FROM held')).toEqual([{ n: 11 }]);
        await expect(guest.engine.connections.end({ id: holding.id }, context())).rejects.toMatchObject({ code: 'not-found' });
      });

    test('a cancelled statement ends and its connection goes on', async () => {
      const client = await connect();
      const slept = client.query(bench.subject.sleep(60)).catch((error: unknown) => error);
      const running = await find(({ state, statement }) => (state === 'active' || state === 'waiting') && statement !== null);
      await guest.engine.connections.cancel({ id: running.id }, context());
      await slept;
      await client.query(says.nothing);
      await expect(guest.engine.connections.cancel({ id: running.id }, context())).rejects.toMatchObject({ code: 'conflict' });
    });

    test.each(['', '1', '1-1', "1' OR true --", '1; DROP TABLE held'])('%j is nobody’s connection', async (id) => {
      for (const verb of ['cancel', 'end'] as const)
        await expect(guest.engine.connections[verb]({ id }, context())).rejects.toMatchObject({ code: 'not-found' });
    });

    test('a password in a statement is not shown', async () => {
      const client = await connect();
      await client.query(bench.subject.withPassword('Very-secret-99')).catch(() => {});
      expect(JSON.stringify(await list())).not.toContain('Very-secret-99');
    });
  });
}
