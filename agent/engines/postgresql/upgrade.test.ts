import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProcess } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { getMain, look, openBench, password, tenant } from '../../engine-bench.testsuite.ts';
import { context, makeReachable, type TestGuest, until } from '../../guest.testsuite.ts';
import { readPidFile } from '../../server-processes.ts';
import { withClient } from './connections.ts';
import { createCluster } from './initialise.ts';
import { createPlace } from './place.ts';
import { startPrivate } from './private-server.ts';
import { postgresql15, postgresql18 } from './under-test.testsuite.ts';

const programs = makeReachable(postgresql18.binFolder);
const target = { version: '18', binFolder: programs.binFolder };
const bench = await openBench(postgresql15);
const hostile = 'a"b; drop--';
const emoji = '🐘'.repeat(15);
let guest: TestGuest;

const asAdmin = <T extends object>(of: TestGuest, text: string, database = 'postgres') =>
  withClient(createPlace(of.identity), { database }, async (client) => (await client.query<T>(text)).rows);
const in18 = { ...tenant, user: emoji, database: hostile };

beforeAll(async () => {
  guest = await bench.beginGuest();
  const { accounts, ownership, extensions } = guest.engine;
  await accounts.createDatabase({ name: hostile }, context());
  await accounts.createUser({ name: emoji, password, grants: [hostile] }, context());
  await accounts.createUser({ name: 'reader', password, grants: [{ database: 'app', level: 'read-only' }] }, context());
  await accounts.enableRoot({ password }, context());
  await ownership.setOwner({ database: hostile, owner: emoji }, context());
  await extensions.create({ database: 'app', name: 'hstore' }, context());
  await bench.ask(guest, 'CREATE TABLE goods (n serial PRIMARY KEY, h hstore, t text GENERATED ALWAYS AS (h->$$k$$) STORED)');
  await bench.ask(guest, "INSERT INTO goods (h) SELECT hstore('k', n::text) FROM generate_series(1, 5000) n");
  await bench.ask(guest, 'CREATE VIEW few AS SELECT * FROM goods WHERE n < 10');
  await bench.ask(guest, 'CREATE TABLE "has ""quotes"" in it" (parent int REFERENCES goods)', tenant);
  await bench.ask(guest, 'CREATE TABLE mine (n int CHECK (n > 0))', in18);
  await bench.ask(guest, 'INSERT INTO mine VALUES (42)', in18);
  await bench.ask(guest, "SELECT lo_from_bytea(0, 'large')", in18);
  // Code as such is only written down: a trigger's, a view's, a default's.
  await bench.ask(guest, "CREATE FUNCTION own() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'", in18);
  await bench.ask(guest, 'CREATE TABLE given (n int DEFAULT own())', in18);
  await bench.ask(guest, 'CREATE VIEW shown AS SELECT own()', in18);
  await bench.ask(guest, 'CREATE MATERIALIZED VIEW filled AS SELECT own() AS n', in18);
  // Theirs still, although they could not make it any more.
  await bench.ask(guest, 'CREATE SCHEMA inner_one CREATE TABLE theirs (n int UNIQUE)', in18);
  await asAdmin(guest, 'ALTER TABLE inner_one.theirs OWNER TO app', hostile);
  await asAdmin(guest, `ALTER ROLE "${emoji}" SET search_path = "$user", public, "x y"`);
  await asAdmin(guest, `ALTER DATABASE "${hostile.replaceAll('"', '""')}" SET work_mem = '7MB'`);
}, 60_000);
afterAll(() => programs.remove());

test('what is in the way is known before: extensions by database, and nothing where nothing is', async () => {
  expect(await guest.engine.upgrade.examine(target, context())).toEqual({
    missingPrograms: [],
    missingExtensions: [],
    closedDatabases: [],
  });
});

test('code of a tenant that making or filling a table would run is refused, wherever it stands', async () => {
  const tries: [what: RegExp, make: string, drop: string][] = [
    [/the check sly of public.t /, 'CREATE TABLE t (n int CONSTRAINT sly CHECK (own() > 0))', 'DROP TABLE t'],
    [/the check sly of public.t /, 'CREATE TABLE t (n int CONSTRAINT sly CHECK (n === 1))', 'DROP TABLE t'],
    [
      /the check sly of public.t /,
      'CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD FUNCTION own(); CREATE TABLE t (n int CONSTRAINT sly CHECK (own() > 0))',
      'DROP TABLE t; ALTER EXTENSION hstore DROP FUNCTION own(); DROP EXTENSION hstore',
    ],
    [
      /the check sly of public.t /,
      "CREATE TABLE t (n int CONSTRAINT sly CHECK (set_config('role', 'none', true) IS NOT NULL))",
      'DROP TABLE t',
    ],
    [
      /the check sly of public.t /,
      "CREATE TABLE t (n int CONSTRAINT sly CHECK (query_to_xml('', true, true, '') IS NULL))",
      'DROP TABLE t',
    ],
    [/the generated column m of public.t /, 'CREATE TABLE t (n int, m int GENERATED ALWAYS AS (n + own()) STORED)', 'DROP TABLE t'],
    [/the index public.i /, 'CREATE TABLE t (n int); CREATE INDEX i ON t (n) WHERE own() > n', 'DROP TABLE t'],
    [/the index public.i /, 'CREATE TABLE t (n int); CREATE INDEX i ON t ((n + own()))', 'DROP TABLE t'],
    [/the partition key of public.t /, 'CREATE TABLE t (n int) PARTITION BY RANGE ((n + own()))', 'DROP TABLE t'],
    [/the check sly of public.looked /, 'CREATE DOMAIN looked AS int CONSTRAINT sly CHECK (VALUE > own())', 'DROP DOMAIN looked'],
    [/the cast from public.mood to integer /, 'CREATE CAST (mood AS int) WITH FUNCTION felt AS IMPLICIT', 'DROP CAST (mood AS int)'],
  ];
  await bench.ask(guest, "CREATE TYPE mood AS ENUM ('well')", in18);
  await bench.ask(guest, 'CREATE FUNCTION felt(mood) RETURNS int IMMUTABLE RETURN 1', in18);
  await bench.ask(guest, 'CREATE FUNCTION same(int, int) RETURNS boolean IMMUTABLE RETURN $1 = $2', in18);
  await bench.ask(guest, 'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same)', in18);
  for (const [what, make, drop] of tries) {
    await bench.ask(guest, make, in18);
    await expect(guest.engine.upgrade.examine(target, context()), make).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(what),
    });
    await bench.ask(guest, drop, in18);
  }
  await bench.ask(guest, 'CREATE TABLE t (n int CONSTRAINT sly CHECK (own() > 0))', in18);
  await expect(guest.engine.upgrade.build({ purpose: 'none', ...target }, context())).rejects.toThrow(/the check sly of public.t /);
  await guest.engine.backup.settle({ purpose: 'none', keep: 'old' }, context());
  await guest.engine.lifecycle.start({}, context());
  await bench.ask(guest, 'DROP TABLE t', in18);
}, 60_000);

test('cancelled in the middle, nothing of it is left and the old version goes on as it was', async () => {
  const cancel = new AbortController();
  // As soon as the first rows come through.
  const asked = { ...context(cancel.signal), progress: () => cancel.abort(new Error('cancelled')) };
  const begun = guest.engine.upgrade.build({ purpose: 'none', ...target }, asked);
  await expect(begun).rejects.toThrow('cancelled');
  await guest.engine.backup.settle({ purpose: 'none', keep: 'old' }, context());
  const { data } = createPlace(guest.identity);
  expect(readdirSync(path.dirname(data)).filter((name) => name.startsWith('data'))).toEqual(['data']);
  await guest.engine.lifecycle.start({}, context());
  expect(await bench.ask(guest, 'SELECT count(*)::int AS n FROM goods')).toEqual([{ n: 5000 }]);
}, 60_000);

test('what an agent that was killed left running is ended by the next one, which begins anew', async () => {
  const { data } = createPlace(guest.identity);
  await guest.engine.lifecycle.stop({}, context());
  const place = createPlace({ ...guest.identity, ...target, port: 2 });
  const folder = `${data}.fetched`;
  await createCluster(place, folder, AbortSignal.timeout(20_000));
  const forgotten = await startPrivate(
    { ...place, data: folder },
    { hba_file: place.hbaFile, ident_file: place.identFile },
    AbortSignal.timeout(20_000),
  );
  const main = readPidFile(path.join(folder, 'postmaster.pid')) ?? 0;
  await guest.withNewAgent().engine.backup.settle({ purpose: 'none', keep: 'old' }, context());
  expect(readProcess(main)).toBeNull();
  expect(existsSync(folder)).toBe(false);
  await forgotten.stop();
  await guest.engine.lifecycle.start({}, context());
}, 60_000);

test('all of it is in the new version: users, passwords, owners, rights, settings, rows, hostile names; the old folder is untouched', async () => {
  const owners = 'SELECT extname, extowner::regrole::text AS owner FROM pg_extension WHERE oid >= 16384 ORDER BY 1';
  const extensions = await asAdmin<{ owner: string }>(guest, owners, 'app');
  expect(extensions).toMatchObject([{ extname: 'hstore', owner: expect.stringMatching(/^guestboard_owner_/) }]);
  const before = await asAdmin(guest, 'SELECT rolname, rolpassword FROM pg_authid ORDER BY 1');
  await guest.engine.upgrade.build({ purpose: 'one', ...target }, context(AbortSignal.timeout(60_000)));
  expect((await look(guest)).processState).toBe('stopped');
  await guest.engine.backup.exchange({ purpose: 'one' }, context());
  Object.assign(guest.identity, target);
  const next = guest.withNewAgent();
  await next.engine.lifecycle.start({}, context());
  expect(
    (
      await until(
        () => look(next),
        ({ version }) => version !== null,
      )
    ).version,
  ).toMatch(/^18/);
  expect(await bench.ask(next, 'SELECT count(*)::int AS n, max(t) AS t FROM goods')).toEqual([{ n: 5000, t: '999' }]);
  expect(await bench.ask(next, 'SELECT n FROM mine', in18)).toEqual([{ n: 42 }]);
  expect(await bench.ask(next, "SELECT current_setting('work_mem') AS w, current_setting('search_path') AS s", in18)).toEqual([
    { w: '7MB', s: '"$user", public, "x y"' },
  ]);
  expect(await bench.ask(next, 'INSERT INTO given SELECT n FROM filled RETURNING n', in18)).toEqual([{ n: 1 }]);
  expect(await asAdmin(next, "SELECT rolsuper FROM pg_roles WHERE rolname = 'root'")).toEqual([{ rolsuper: false }]);
  await expect(bench.ask(next, 'INSERT INTO mine VALUES (0)', in18)).rejects.toThrow(/violates check/);
  await expect(bench.ask(next, 'INSERT INTO goods DEFAULT VALUES', { ...tenant, user: 'reader' })).rejects.toThrow(/denied/);
  expect(await bench.ask(next, 'SELECT count(*)::int AS n FROM few', { ...tenant, user: 'reader' })).toEqual([{ n: 9 }]);
  expect(await bench.ask(next, 'INSERT INTO goods DEFAULT VALUES RETURNING n')).toEqual([{ n: 5001 }]);
  const names = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY 1";
  expect(await asAdmin(next, names)).toEqual(before.filter((row) => !('rolname' in row && String(row.rolname).startsWith('pg_'))));
  expect(await asAdmin(next, owners, 'app')).toEqual(extensions);
  const { users } = await next.engine.accounts.listUsers({}, context());
  expect(users.find(({ name }) => name === emoji)?.grants).toEqual([hostile]);
  await next.engine.accounts.createUser({ name: 'later', password, grants: [{ database: 'app', level: 'read-write' }] }, context());
  await bench.ask(next, 'INSERT INTO goods DEFAULT VALUES', { ...tenant, user: 'later' });
  const data = createPlace(guest.identity).data;
  expect(existsSync(`${data}.aside/PG_VERSION`)).toBe(true);
  await next.engine.backup.settle({ purpose: 'one', keep: 'new' }, context());
  expect(existsSync(`${data}.aside`)).toBe(false);
  expect(listTree(getMain(next)).length).toBeGreaterThan(1);
  Object.assign(guest, { engine: next.engine });
}, 90_000);
