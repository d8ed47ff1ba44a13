import { beforeAll, describe, expect, test } from 'vitest';
import { password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest } from '../../guest.testsuite.ts';

/** Whose a database is, what that lets its owner do and the others not, and what becomes of it when the owner goes. */
export function testOwnership(bench: TestBench): void {
  describe('ownership', () => {
    const owner = bench.subject.names.taken[0] ?? '';
    const as = (user: string) => ({ ...tenant, user });
    const setting = 'SET ROLE NONE; ALTER DATABASE app SET geqo_seed = 0.5';
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.createUser({ name: owner, password, grants: [{ database: 'app', level: 'read-only' }] }, context());
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, 'CREATE TABLE shared (n int)');
    });
    const give = (to: string | null) => guest.engine.ownership.setOwner({ database: 'app', owner: to }, context());
    const ownerOfApp = async () =>
      (await guest.engine.accounts.listDatabases({}, context())).databases.find(({ name }) => name === 'app')?.owner;

    test('who may only read also finds schemas and sequences that come later, and does not move them', async () => {
      await bench.ask(guest, 'CREATE SCHEMA late; CREATE TABLE late.t AS SELECT 1 AS n; CREATE SEQUENCE late.s');
      await bench.ask(guest, 'SET ROLE NONE; CREATE SCHEMA later; CREATE TABLE later.t AS SELECT 2 AS n');
      expect(await bench.ask(guest, 'SELECT n FROM late.t UNION ALL SELECT n FROM later.t', as(owner))).toEqual([{ n: 1 }, { n: 2 }]);
      expect(await bench.ask(guest, 'SELECT last_value::int AS n FROM late.s', as(owner))).toEqual([{ n: 1 }]);
      for (const text of ["SELECT nextval('late.s')", 'INSERT INTO later.t VALUES (3)', 'CREATE TABLE late.more (n int)'])
        await expect(bench.ask(guest, text, as(owner)), text).rejects.toThrow(/permission denied/);
    });

    test('a new database is nobody’s in particular; given to a user it is that user’s, with full rights', async () => {
      expect(await ownerOfApp()).toBe('');
      await give(owner);
      await give(owner);
      expect(await ownerOfApp()).toBe(owner);
      expect(await bench.ask(guest, "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'app'")).toEqual([{ owner }]);
      expect((await guest.engine.accounts.listUsers({}, context())).users.find(({ name }) => name === owner)?.grants).toEqual(['app']);
      await bench.ask(guest, 'ALTER TABLE shared ADD COLUMN m int', as(owner));
      await bench.ask(guest, setting, as(owner));
    });

    test('those with full rights go on in it and share what each makes, but do not own it; neither does root', async () => {
      for (const user of ['app', 'root']) {
        await bench.ask(guest, `CREATE TABLE made_by_${user} (n int)`, as(user));
        await bench.ask(guest, `CREATE SCHEMA of_${user}`, as(user));
        await expect(bench.ask(guest, setting, as(user)), user).rejects.toThrow(/must be owner/);
      }
      await expect(bench.ask(guest, 'DROP DATABASE app', { ...as('root'), database: 'postgres' })).rejects.toThrow(/must be owner/);
      await expect(bench.ask(guest, 'SET ROLE NONE; ALTER DATABASE app OWNER TO app', as('app'))).rejects.toThrow(/must be owner/);
      await bench.ask(guest, 'ALTER TABLE made_by_app ADD COLUMN m int', as(owner));
    });

    test('the owner’s rights cannot be taken before it has another owner; the one before keeps them', async () => {
      for (const grants of [[], [{ database: 'app', level: 'read-write' as const }]])
        await expect(guest.engine.accounts.setGrants({ name: owner, grants }, context())).rejects.toMatchObject({
          code: 'conflict',
          message: expect.stringContaining(`${owner} owns the database app`),
        });
      await give('app');
      expect(await ownerOfApp()).toBe('app');
      await bench.ask(guest, 'CREATE TABLE still (n int)', as(owner));
      await expect(bench.ask(guest, setting, as(owner))).rejects.toThrow(/must be owner/);
      await give(owner);
    });

    test('nobody who is not a user of the instance becomes an owner', async () => {
      for (const name of ['missing', 'root', 'guestboard_probe', 'pg_monitor'])
        await expect(give(name), name).rejects.toMatchObject({ code: 'not-found' });
      await expect(guest.engine.ownership.setOwner({ database: 'postgres', owner }, context())).rejects.toMatchObject({
        code: 'not-found',
      });
      expect(await ownerOfApp()).toBe(owner);
    });

    test('an owner that is dropped leaves database and tables to the others, and its name to whoever comes', async () => {
      await bench.ask(guest, 'SET ROLE NONE; CREATE SCHEMA own; CREATE TABLE own.t (n int); INSERT INTO own.t VALUES (1)', as(owner));
      await guest.engine.accounts.createDatabase({ name: 'another' }, context());
      await guest.engine.accounts.dropUser({ name: owner }, context());
      expect(await ownerOfApp()).toBe('');
      // The group of this very database, not that of one that came before it.
      expect(
        await bench.ask(guest, "SELECT pg_get_userbyid(datdba) = 'guestboard_owner_' || oid AS own FROM pg_database WHERE datname = 'app'"),
      ).toEqual([{ own: true }]);
      await bench.ask(guest, 'ALTER TABLE own.t ADD COLUMN m int');
      expect(await bench.ask(guest, 'SELECT n FROM own.t')).toEqual([{ n: 1 }]);
      await guest.engine.accounts.createUser({ name: owner, password, grants: [] }, context());
      await expect(bench.ask(guest, 'SELECT 1', as(owner))).rejects.toThrow(/permission denied/);
    });

    test('what root made for itself is given away, too', async () => {
      await bench.ask(guest, 'CREATE DATABASE of_root', { ...as('root'), database: 'postgres' });
      await guest.engine.ownership.setOwner({ database: 'of_root', owner: 'app' }, context());
      await bench.ask(guest, 'CREATE TABLE t (n int)', { ...tenant, database: 'of_root' });
      await expect(bench.ask(guest, 'SELECT 1', { ...as(owner), database: 'of_root' })).rejects.toThrow(/permission denied/);
      await give(null);
      expect(await ownerOfApp()).toBe('');
    });
  });
}
