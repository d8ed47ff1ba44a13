import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { look, password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { asAdmin } from './under-test.testsuite.ts';

/** What goes on and what does not while a volume is full. */
export function testGrowthStop(bench: TestBench): void {
  const as = (user: string) => ({ ...tenant, user });
  const noPermission = /NOPERM|can't (run|access)|ACL failure/;

  describe('redis: growth stop', () => {
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, 'RPUSH items 1 2 3');
      await bench.ask(guest, 'SET spare x');
    });

    test('what grows is refused to users and root, on open connections and in scripts, too; what makes room goes on', async () => {
      const open = await bench.subject.connect(guest, tenant);
      await open.query('MULTI');
      await open.query('SET queued 1');
      await guest.engine.setWritable(false);
      await open.query('EXEC');
      expect(await open.query('EXISTS queued')).toEqual([{ value: 0 }]);
      await expect(open.query('RPUSH items 4')).rejects.toThrow(noPermission);
      await open.close();
      await until(
        () => look(guest),
        ({ acceptsWrites, acceptsLogins }) => !acceptsWrites && acceptsLogins,
      );
      for (const user of ['app', 'root']) {
        for (const text of [
          'SET a 1',
          'RPUSH items 4',
          'EXPIRE spare 1',
          'COPY spare b',
          "EVAL return(redis.call('SET','a','1')) 0",
          'XADD s * a b',
          "FUNCTION LOAD #!lua\tname=lib\nredis.register_function('f',function()return(1)end)",
        ])
          await expect(bench.ask(guest, text, as(user)), `${user}: ${text}`).rejects.toThrow(noPermission);
        // A command of some versions, which belongs to no kind of command.
        await expect(bench.ask(guest, 'VADD v VALUES 2 0 1 a', as(user)), user).rejects.toThrow(/NOPERM|unknown command/);
      }
      for (const text of [
        'GET spare',
        'EXISTS items',
        "EVAL return(redis.call('GET','spare')) 0",
        'PUBLISH a b',
        'INFO server',
        'TIME',
        'TYPE items',
      ])
        await bench.ask(guest, text);
      expect(await bench.ask(guest, 'LPOP items')).toEqual([{ value: '1' }]);
      expect(await bench.ask(guest, 'DEL spare')).toEqual([{ value: 1 }]);
      expect(await bench.count(guest, 'items')).toBe(2);
    });

    test('what was deleted is given back to the volume', async () => {
      const size = async () => (await look(guest)).metrics?.appendOnlyFileBytes ?? 0;
      await guest.engine.setWritable(true);
      await bench.ask(guest, `SET big ${randomBytes(2 ** 21).toString('base64')}`);
      await until(size, (bytes) => bytes > 2 ** 20);
      await guest.engine.setWritable(false);
      await bench.ask(guest, 'DEL big');
      await until(
        async () => {
          await guest.engine.setWritable(false);
          return size();
        },
        (bytes) => bytes < 2 ** 16,
      );
      expect((await look(guest)).metrics).not.toHaveProperty('saveFailed');
      await asAdmin(guest, 'BGSAVE');
      await until(
        async () => (await look(guest)).metrics?.saveFailed,
        (failed) => failed === 0,
      );
      expect((await look(guest)).metrics).toMatchObject({
        saveAgeMs: expect.toSatisfy((ms: number) => ms < 60_000),
        rewriteFailed: 0,
        rewriteAgeMs: expect.toSatisfy((ms: number) => ms < 60_000),
      });
    });

    test('it holds over a restart, a new agent and new users; lifted, all is as before', async () => {
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await guest.engine.accounts.createUser({ name: 'late', password, grants: ['application'] }, context());
      await guest.withNewAgent().engine.setWritable(false);
      for (const user of ['app', 'late', 'root']) await expect(bench.ask(guest, 'SET a 1', as(user)), user).rejects.toThrow(noPermission);
      await bench.ask(guest, 'FLUSHDB', as('root'));
      await guest.engine.setWritable(true);
      await guest.engine.setWritable(true);
      for (const user of ['app', 'late', 'root']) await bench.ask(guest, `SET ${user} 1`, as(user));
      await until(
        () => look(guest),
        ({ acceptsWrites }) => acceptsWrites,
      );
    });
  });
}
