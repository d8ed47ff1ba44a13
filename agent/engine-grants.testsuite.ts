import { beforeAll, describe, expect, test } from 'vitest';
import { password, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, type TestGuest } from './guest.testsuite.ts';

/** Levels of grants: what each lets a user do, on what is there and on what others make later. */
export function testGrants(bench: TestBench): void {
  describe('levels of grants', () => {
    const { says } = bench.subject;
    const hostile = bench.subject.names.taken[0] ?? '';
    const [reader, writer] = [hostile, 'writer'];
    const as = (user: string) => ({ ...tenant, user });
    const on = (level: 'read-only' | 'read-write', database = 'app') => ({ database, level });
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, says.make('early'));
      await bench.ask(guest, says.add('early', 1));
      const { accounts } = guest.engine;
      await accounts.createUser({ name: reader, password, grants: [on('read-only')] }, context());
      await accounts.createUser({ name: writer, password, grants: [on('read-write')] }, context());
      await accounts.createUser({ name: 'second', password, grants: ['app'] }, context());
      await bench.ask(guest, says.make('later'), as('second'));
      await bench.ask(guest, says.add('later', 2), as('second'));
    });
    const listGrants = async (name: string) =>
      (await guest.engine.accounts.listUsers({}, context())).users.find((user) => user.name === name)?.grants;

    test('read only: reads what was there and what another made later, and can write nothing', async () => {
      expect(await bench.ask(guest, says.list('early'), as(reader))).toEqual([{ n: 1 }]);
      expect(await bench.ask(guest, says.list('later'), as(reader))).toEqual([{ n: 2 }]);
      for (const table of ['early', 'later'])
        for (const text of [
          says.add(table, 9),
          `UPDATE ${table} SET n = 9`,
          `DELETE FROM ${table}`,
          `TRUNCATE TABLE ${table}`,
          `DROP TABLE ${table}`,
        ])
          await expect(bench.ask(guest, text, as(reader)), text).rejects.toThrow();
      for (const text of [
        says.make('mine'),
        'CREATE TEMPORARY TABLE mine (n INT)',
        'CREATE VIEW mine AS SELECT 1',
        ...bench.subject.writesOtherwise,
      ])
        await expect(bench.ask(guest, text, as(reader)), text).rejects.toThrow();
      expect([await bench.count(guest, 'early'), await bench.count(guest, 'later')]).toEqual([1, 1]);
      expect(await listGrants(reader)).toEqual([on('read-only')]);
    });

    test('read and write: changes rows of both, and makes, alters and drops no table', async () => {
      for (const table of ['early', 'later']) {
        await bench.ask(guest, says.add(table, 3), as(writer));
        await bench.ask(guest, `UPDATE ${table} SET n = 4 WHERE n = 3`, as(writer));
        expect(await bench.ask(guest, says.list(table), as(writer))).toContainEqual({ n: 4 });
        await bench.ask(guest, `DELETE FROM ${table} WHERE n = 4`, as(writer));
        for (const text of [`ALTER TABLE ${table} ADD COLUMN m INT`, `DROP TABLE ${table}`, `TRUNCATE TABLE ${table}`])
          await expect(bench.ask(guest, text, as(writer)), text).rejects.toThrow();
      }
      await expect(bench.ask(guest, says.make('mine'), as(writer))).rejects.toThrow();
      expect(await listGrants(writer)).toEqual([on('read-write')]);
    });

    test('another level counts at once, also for a connection that is open, and back again', async () => {
      const open = await bench.subject.connect(guest, as('second'));
      await open.query(says.add('later', 5));
      await guest.engine.accounts.setGrants({ name: 'second', grants: [on('read-only')] }, context());
      await expect(open.query(says.add('later', 6))).rejects.toThrow();
      await open.close();
      await expect(bench.ask(guest, says.add('later', 6), as('second'))).rejects.toThrow();
      await expect(bench.ask(guest, 'DROP TABLE later', as('second'))).rejects.toThrow();
      expect(await bench.ask(guest, says.list('later'), as('second'))).toContainEqual({ n: 5 });
      await guest.engine.accounts.setGrants({ name: 'second', grants: [on('read-only'), 'app'] }, context());
      expect(await listGrants('second')).toEqual(['app']);
      await bench.ask(guest, says.make('again'), as('second'));
      expect(await bench.ask(guest, says.list('again'), as(reader))).toEqual([]);
    });

    test('what root makes is read, too, whether root came before or after', async () => {
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, says.make('by_root'), as('root'));
      expect(await bench.ask(guest, says.list('by_root'), as(reader))).toEqual([]);
      await expect(bench.ask(guest, says.add('by_root', 1), as(reader))).rejects.toThrow();
      await bench.ask(guest, says.add('by_root', 1), as(writer));
    });

    test('in a database with a hostile name, beside another level elsewhere', async () => {
      const { accounts } = guest.engine;
      await accounts.createDatabase({ name: hostile }, context());
      await accounts.setGrants({ name: reader, grants: [on('read-only'), on('read-write', hostile)] }, context());
      await accounts.setGrants({ name: 'second', grants: ['app', hostile] }, context());
      const there = { ...as('second'), database: hostile };
      await bench.ask(guest, says.make('t'), there);
      await bench.ask(guest, says.add('t', 1), { ...there, user: reader });
      await expect(bench.ask(guest, 'DROP TABLE t', { ...there, user: reader })).rejects.toThrow();
      await expect(bench.ask(guest, says.add('early', 1), as(reader))).rejects.toThrow();
      expect(await listGrants(reader)).toEqual(expect.arrayContaining([on('read-only'), on('read-write', hostile)]));
      await accounts.dropUser({ name: reader }, context());
      await accounts.dropDatabase({ name: hostile }, context());
      expect(await listGrants('second')).toEqual(['app']);
    });

    test('while the volume is full nobody’s level writes; lifted, each is what it was', async () => {
      await guest.engine.setWritable(false);
      const { accounts } = guest.engine;
      await accounts.createUser({ name: 'late', password, grants: [on('read-write')] }, context());
      await guest.withNewAgent().engine.setWritable(false);
      for (const user of [writer, 'late', 'second']) await expect(bench.ask(guest, says.add('early', 8), as(user)), user).rejects.toThrow();
      expect([await listGrants(writer), await listGrants('late'), await listGrants('second')]).toEqual([
        [on('read-write')],
        [on('read-write')],
        ['app'],
      ]);
      await bench.ask(guest, says.list('early'), as('late'));
      await guest.engine.setWritable(true);
      for (const user of [writer, 'late', 'second']) await bench.ask(guest, says.add('early', 8), as(user));
      await expect(bench.ask(guest, says.make('mine'), as('late'))).rejects.toThrow();
      await bench.ask(guest, says.make('mine'), as('second'));
    });
  });
}
