import { once } from 'node:events';
import { createServer } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { look, password, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

/** What tenants must never get, and what a server does that is asked for more than it has. */
export function testIsolation(bench: TestBench): void {
  describe('isolation', () => {
    const { forbidden, full } = bench.subject;
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.enableRoot({ password }, context());
    });

    test.each(forbidden)('neither a user nor root can: %s', async (text) => {
      await expect(bench.ask(guest, text)).rejects.toThrow();
      await expect(bench.ask(guest, text, { ...tenant, user: 'root' })).rejects.toThrow();
    });

    test('all connections taken: logins are refused and it says so, while metrics go on', async () => {
      await until(
        () => look(guest),
        ({ acceptsLogins }) => acceptsLogins,
      );
      const clients = [];
      try {
        for (;;) clients.push(await bench.subject.connect(guest, tenant));
      } catch (error) {
        expect(String(error)).toMatch(full);
      }
      const seen = await until(
        () => look(guest),
        ({ acceptsLogins }) => !acceptsLogins,
      );
      expect(seen).toMatchObject({ processState: 'running', lastError: expect.stringMatching(full) });
      expect(seen.metrics?.connections).toBe(clients.length);
      // An administrator has a seat more.
      await guest.engine.accounts.listUsers({}, context());
      for (const client of clients) await client.close();
      await until(
        () => look(guest),
        ({ acceptsLogins }) => acceptsLogins,
      );
    });

    test('a port in use fails with the engine’s own words', async () => {
      const other = await bench.createGuest();
      await other.initialise();
      const holder = createServer().listen(other.identity.port, '127.0.0.1');
      await once(holder, 'listening');
      try {
        await expect(other.engine.lifecycle.start({}, context())).rejects.toMatchObject({
          code: 'engine-unavailable',
          detail: expect.stringMatching(/in use/),
        });
        expect((await look(other)).processState).toBe('stopped');
      } finally {
        holder.close();
      }
      await other.engine.lifecycle.start({}, context());
      await other.engine.lifecycle.stop({}, context());
    });
  });
}
