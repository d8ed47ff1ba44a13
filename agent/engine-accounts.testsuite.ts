import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import { readCommandLine } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { getMain, password, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, type TestGuest } from './guest.testsuite.ts';

/** Databases, users, rights and root, as a tenant's own client meets them. */
export function testAccounts(bench: TestBench): void {
  describe('accounts', () => {
    const { names, says, grants } = bench.subject;
    const named = hasNamedDatabases(bench.subject.datastore);
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
    });

    test.each(names.taken)('a user called %j works over TLS with a real client, in a database of its name', async (name) => {
      const { accounts } = guest.engine;
      if (named) await accounts.createDatabase({ name }, context());
      await accounts.createUser({ name, password, grants: grants(name) }, context());
      const login = { user: name, password, database: named ? name : tenant.database };
      await bench.ask(guest, says.make('t'), login);
      await bench.ask(guest, says.add('t', 7), login);
      expect(await bench.ask(guest, says.list('t'), login)).toContainEqual({ n: 7 });
      const { users } = await accounts.listUsers({}, context());
      expect(users.find((user) => user.name === name)).toMatchObject({ grants: grants(name), isRoot: false, canLogin: true });
      if (named) expect((await accounts.listDatabases({}, context())).databases.map((database) => database.name)).toContain(name);
      for (const _again of [1, 2]) {
        await accounts.dropUser({ name }, context());
        if (named) await accounts.dropDatabase({ name }, context());
      }
      expect((await accounts.listUsers({}, context())).users.map((user) => user.name)).toEqual(['app']);
    });

    test.each(names.refused)('the name %j is refused, by rule and not by accident', async (name) => {
      if (named) await expect(guest.engine.accounts.createDatabase({ name }, context())).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(guest.engine.accounts.createUser({ name, password, grants: [] }, context())).rejects.toMatchObject({
        code: 'invalid-input',
      });
    });

    test('a taken name is said to be taken; the same user asked again is fine', async () => {
      if (named)
        await expect(guest.engine.accounts.createDatabase({ name: 'app' }, context())).rejects.toMatchObject({ code: 'name-taken' });
      await expect(
        guest.engine.accounts.createUser({ name: 'app', password: 'Another-password-1', grants: [] }, context()),
      ).rejects.toMatchObject({ code: 'name-taken' });
      await guest.engine.accounts.createUser({ name: 'app', password, grants: grants('app') }, context());
    });

    test('a new password takes effect and the old one stops', async () => {
      await guest.engine.accounts.createUser({ name: 'changed', password, grants: grants('app') }, context());
      await guest.engine.accounts.setPassword({ name: 'changed', password: 'Nürnberg-Straße-12' }, context());
      await expect(bench.ask(guest, says.nothing, { ...tenant, user: 'changed' })).rejects.toThrow();
      await bench.ask(guest, says.nothing, { ...tenant, user: 'changed', password: 'Nürnberg-Straße-12' });
      await expect(guest.engine.accounts.setPassword({ name: 'nobody', password }, context())).rejects.toMatchObject({ code: 'not-found' });
    });

    if (named)
      test('grants are exact: two users share what each makes, a third sees nothing', async () => {
        const { accounts } = guest.engine;
        await accounts.createDatabase({ name: 'other' }, context());
        await accounts.createUser({ name: 'second', password, grants: ['app'] }, context());
        await accounts.createUser({ name: 'third', password, grants: ['other'] }, context());
        const [second, third] = [
          { ...tenant, user: 'second' },
          { ...tenant, user: 'third' },
        ];
        await bench.ask(guest, 'CREATE TABLE shared (n int)');
        await bench.ask(guest, 'INSERT INTO shared VALUES (1)', second);
        await bench.ask(guest, 'ALTER TABLE shared ADD COLUMN m int', second);
        await bench.ask(guest, 'CREATE TABLE made_by_second (n int)', second);
        expect(await bench.ask(guest, 'SELECT * FROM made_by_second')).toEqual([]);
        await expect(bench.ask(guest, 'SELECT 1', third)).rejects.toThrow();
        await accounts.setGrants({ name: 'third', grants: ['app'] }, context());
        expect(await bench.ask(guest, 'SELECT n FROM shared', third)).toEqual([{ n: 1 }]);
        await expect(bench.ask(guest, 'SELECT 1', { ...third, database: 'other' })).rejects.toThrow();
        await accounts.setGrants({ name: 'third', grants: [] }, context());
        await expect(bench.ask(guest, 'SELECT 1', third)).rejects.toThrow();
        await expect(accounts.setGrants({ name: 'third', grants: ['missing'] }, context())).rejects.toMatchObject({ code: 'not-found' });
        await accounts.dropUser({ name: 'second' }, context());
        expect(await bench.ask(guest, 'SELECT * FROM made_by_second')).toEqual([]);
      });

    test('root administers what is the tenant’s and nothing else; disabled it is out at once', async () => {
      const { accounts } = guest.engine;
      await accounts.enableRoot({ password }, context());
      const root = { user: 'root', password, database: 'app' };
      await bench.ask(guest, says.make('by_root'), root);
      const open = await bench.subject.connect(guest, root);
      expect((await accounts.listUsers({}, context())).users.find(({ name }) => name === 'root')).toMatchObject({
        isRoot: true,
        canLogin: true,
      });
      await accounts.disableRoot({}, context());
      await expect(open.query(says.nothing)).rejects.toThrow();
      await open.close();
      await expect(bench.ask(guest, says.nothing, root)).rejects.toThrow();
      expect((await accounts.listUsers({}, context())).users.find(({ name }) => name === 'root')).toMatchObject({ canLogin: false });
      await accounts.enableRoot({ password }, context());
      expect(await bench.ask(guest, says.list('by_root'), root)).toEqual([]);
    });

    test('no password is in any file or argument of the guest', async () => {
      const secrets = [password, 'Nürnberg-Straße-12', 'Another-password-1'];
      const found = await findInFiles(guest.identity.folder, secrets);
      expect(found).toEqual([]);
      expect(
        listTree(getMain(guest))
          .flatMap(({ pid }) => readCommandLine(pid))
          .filter((word) => secrets.some((secret) => word.includes(secret))),
      ).toEqual([]);
    });
  });
}

async function findInFiles(folder: string, needles: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}
