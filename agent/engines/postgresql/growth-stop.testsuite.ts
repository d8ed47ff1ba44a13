import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { look, password, type TenantClient, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';

/** A full volume: nothing a tenant can say makes it grow, whatever was prepared before; reading and deleting go on. */
export function testGrowthStop(bench: TestBench): void {
  describe('growth stop', () => {
    const root = { ...tenant, user: 'root' };
    let guest: TestGuest;

    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.createUser({ name: 'second', password, grants: ['app'] }, context());
      await guest.engine.accounts.enableRoot({ password }, context());
      await guest.engine.accounts.createDatabase({ name: 'spare' }, context());
      for (const text of [
        'CREATE TABLE items (n int PRIMARY KEY, text text)',
        'INSERT INTO items SELECT n, n::text FROM generate_series(1, 100) n',
        'CREATE TABLE children (item int REFERENCES items ON DELETE SET NULL, c int)',
        'INSERT INTO children SELECT n, n FROM generate_series(1, 10) n',
        'CREATE VIEW items_view AS SELECT * FROM items',
        'CREATE SEQUENCE numbers',
        'CREATE MATERIALIZED VIEW copied AS SELECT * FROM items',
        // Prepared ways round: another's rights, an owner's function, a right given to everyone, a column's right, a table outside the group.
        "CREATE FUNCTION as_owner(n int) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO items VALUES (n, $$f$$)'",
        "CREATE FUNCTION give_back() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN GRANT ALL ON items TO PUBLIC; END'",
        'GRANT INSERT, UPDATE ON items TO PUBLIC',
        'GRANT UPDATE (text) ON items TO second',
        'SET ROLE NONE; GRANT ALL ON SCHEMA public TO app; CREATE TABLE own (n int); INSERT INTO own VALUES (1)',
      ])
        await bench.ask(guest, text);
      await bench.ask(guest, 'CREATE TABLE by_root (n int)', root);
      // A database that its owner calls a template is one like any other.
      for (const name of ['app', 'spare']) await bench.ask(guest, `ALTER DATABASE ${name} IS_TEMPLATE true`, root);
    });

    const refusedNow = [
      "INSERT INTO items VALUES (1000, 'x')",
      "SET transaction_read_only = off; INSERT INTO items VALUES (1000, 'x')",
      "BEGIN READ WRITE; INSERT INTO items VALUES (1000, 'x'); COMMIT",
      "SET default_transaction_read_only = off; SET session_replication_role = replica; INSERT INTO items VALUES (1000, 'x')",
      "UPDATE items SET text = repeat('x', 10000)",
      "INSERT INTO items_view VALUES (1000, 'x')",
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      'SELECT as_owner(1000)',
      'SELECT give_back()',
      'GRANT INSERT ON items TO app',
      'SET ROLE NONE; INSERT INTO own VALUES (2)',
      "SET ROLE NONE; INSERT INTO items VALUES (1000, 'x')",
      'CREATE TABLE more (n int)',
      'CREATE TEMP TABLE more (n int)',
      'CREATE TABLE more AS SELECT * FROM items',
      'SELECT * INTO more FROM items',
      'CREATE INDEX ON items (text)',
      'ALTER TABLE items ADD COLUMN more text DEFAULT md5(random()::text)',
      'REFRESH MATERIALIZED VIEW copied',
      "SELECT lo_from_bytea(0, 'x')",
      'SELECT lo_create(0)',
      "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000))",
      'ALTER EVENT TRIGGER guestboard_volume_full DISABLE',
      'DROP EVENT TRIGGER guestboard_volume_full',
      'DROP FUNCTION guestboard.refuse_growth() CASCADE',
      'SET event_triggers = off; CREATE TABLE more (n int)',
      'SET temp_file_limit = -1',
      "DO $$ BEGIN EXECUTE 'CREATE TABLE more (n int)'; END $$",
      "MERGE INTO items USING (SELECT 1000 AS n) s ON items.n = s.n WHEN NOT MATCHED THEN INSERT VALUES (s.n, 'x')",
    ];

    test('running statements end, every way to grow is refused, to the owner, to another user and to root', async () => {
      const open = await bench.subject.connect(guest, tenant);
      await open.query('BEGIN');
      await open.query("INSERT INTO items VALUES (999, 'open')");
      await guest.engine.setWritable(false);
      await expect(open.query('COMMIT')).rejects.toThrow();
      await open.close();
      expect(
        await until(
          () => look(guest),
          ({ acceptsWrites }) => !acceptsWrites,
        ),
      ).toMatchObject({ processState: 'running', acceptsLogins: true });

      for (const login of [tenant, { ...tenant, user: 'second' }, root]) {
        for (const text of refusedNow) {
          const client = await bench.subject.connect(guest, login);
          await expect(run(client, text), `${login.user}: ${text}`).rejects.toThrow();
          await client.close();
        }
      }
      await expect(bench.ask(guest, 'CREATE DATABASE more', root)).rejects.toThrow(/permission/);
      await expect(guest.engine.accounts.createDatabase({ name: 'more' }, context())).rejects.toMatchObject({ code: 'volume-full' });
      expect((await bench.ask(guest, 'SELECT count(*)::int AS n FROM items'))[0]?.n).toBe(100);
    });

    test('what a tenant says into the log is not written down', async () => {
      const sizeOfLogs = () => {
        const folder = path.join(guest.identity.folder, 'logs');
        return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
      };
      const before = sizeOfLogs();
      for (const login of [tenant, root]) {
        await bench.ask(guest, "DO $$ BEGIN RAISE LOG '%', repeat('x', 1000000); END $$", login);
        await expect(bench.ask(guest, `SELECT '${'x'.repeat(1_000_000)}'::int`, login)).rejects.toThrow();
        await expect(bench.ask(guest, "SET log_min_messages = 'log'", login)).rejects.toThrow(/permission denied/);
      }
      expect(sizeOfLogs() - before).toBeLessThan(100_000);
    });

    test('an index that runs tenant code as the owner cannot write either', async () => {
      // Rights are checked as whoever runs the code: maintenance runs it as the owner, who has none now.
      await expect(bench.ask(guest, 'SELECT as_owner(2000)', root)).rejects.toThrow(/permission denied/);
    });

    test('a schema of our name, prepared by a tenant, runs none of the tenant’s code with our rights', async () => {
      const prepared = await bench.beginGuest();
      for (const text of [
        'CREATE SCHEMA guestboard',
        'CREATE TABLE guestboard.withdrawn_rights (relation oid, attribute name, grantee oid, privilege text, grantable boolean)',
        "CREATE FUNCTION guestboard.escape() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN ALTER ROLE app SUPERUSER; RETURN NEW; END'",
        'CREATE TRIGGER escape BEFORE INSERT ON guestboard.withdrawn_rights FOR EACH ROW EXECUTE FUNCTION guestboard.escape()',
        'CREATE TABLE items (n int)',
        // What an owner sets for connections into its database must not be what ours begin with.
        "ALTER DATABASE app SET role = 'app'",
        'ALTER DATABASE app SET search_path = public, pg_catalog',
      ])
        await bench.ask(prepared, text);
      await prepared.engine.setWritable(false);
      expect(await bench.ask(prepared, "SELECT rolsuper FROM pg_roles WHERE rolname = 'app'")).toEqual([{ rolsuper: false }]);
      await expect(bench.ask(prepared, 'INSERT INTO items VALUES (1)')).rejects.toThrow(/permission denied/);
      // What no right and no trigger reaches: an account's own settings, in a catalogue that all databases share.
      await bench.ask(prepared, settingOf8MB);
      await prepared.engine.setWritable(false);
      await expect(bench.ask(prepared, 'SELECT 1')).rejects.toThrow(closed);
      await prepared.engine.setWritable(true);
      await bench.ask(prepared, 'INSERT INTO items VALUES (1)');
      expect(await bench.ask(prepared, "SELECT rolsuper FROM pg_roles WHERE rolname = 'app'")).toEqual([{ rolsuper: false }]);

      // Nor messages that wait for somebody who listens and does not take them.
      await prepared.engine.setWritable(false);
      const listener = await bench.subject.connect(prepared, tenant);
      for (const text of ['LISTEN noise', 'BEGIN', 'SELECT 1']) await listener.query(text);
      await bench.ask(prepared, "SELECT count(pg_notify('noise', n || repeat('x', 7900))) FROM generate_series(1, 800) n");
      await prepared.engine.setWritable(false);
      await expect(bench.ask(prepared, 'SELECT 1')).rejects.toThrow(closed);
    }, 60_000);

    test('reading, deleting, truncating and dropping go on, for tenants and administrator', async () => {
      expect((await bench.ask(guest, 'SELECT count(*)::int AS n FROM items', { ...tenant, user: 'second' }))[0]?.n).toBe(100);
      await bench.ask(guest, 'TRUNCATE children', root);
      // ON DELETE SET NULL would be an update of the table that refers.
      await expect(bench.ask(guest, 'DELETE FROM items WHERE n > 90')).rejects.toThrow(/permission denied/);
      await bench.ask(guest, 'DROP TABLE children');
      await bench.ask(guest, 'DELETE FROM items WHERE n > 90');
      await bench.ask(guest, 'DROP TABLE by_root', root);
      await bench.ask(guest, 'DROP MATERIALIZED VIEW copied');
      expect((await bench.ask(guest, 'SELECT count(*)::int AS n FROM items'))[0]?.n).toBe(90);
    });

    test('it holds over a crash, a new agent, new users, and being asked again', async () => {
      await guest.engine.setWritable(false);
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await guest.engine.accounts.createUser({ name: 'late', password, grants: ['app'] }, context());
      await guest.withNewAgent().engine.setWritable(false);
      for (const user of ['app', 'late', 'root'])
        await expect(bench.ask(guest, "INSERT INTO items VALUES (1000, 'x')", { ...tenant, user }), user).rejects.toThrow(
          /permission denied/,
        );
    });

    test('what grows all the same closes the tenants’ logins, says so, and leaves the administrator to make room', async () => {
      // WAL, of which deleting makes much, is no reason.
      await guest.engine.setWritable(false);
      await bench.ask(guest, 'DELETE FROM items WHERE n > 80');
      await guest.engine.setWritable(false);
      const open = await bench.subject.connect(guest, root);
      expect(await look(guest)).toMatchObject({ lastError: null });
      await bench.ask(guest, commentOf8MB);
      await guest.engine.setWritable(false);
      await expect(open.query('SELECT 1')).rejects.toThrow();
      await guest.engine.accounts.createUser({ name: 'latest', password, grants: ['app'] }, context());
      await guest.withNewAgent().engine.setWritable(false);
      for (const user of ['app', 'second', 'late', 'latest', 'root'])
        await expect(bench.ask(guest, 'SELECT 1', { ...tenant, user }), user).rejects.toThrow(closed);
      const seen = await until(
        () => look(guest),
        ({ lastError }) => lastError !== null,
      );
      expect(seen).toMatchObject({ processState: 'running', acceptsWrites: false, lastError: expect.stringMatching(/went on growing/) });
      expect(guest.events.filter(({ code }) => code === 'volume-logins-closed')).toHaveLength(1);
      await guest.engine.accounts.dropDatabase({ name: 'spare' }, context());
      expect((await guest.engine.accounts.listDatabases({}, context())).databases.map(({ name }) => name)).toEqual(['app']);
    });

    test('lifted, all rights are as they were and nothing of it is left', async () => {
      await guest.engine.setWritable(true);
      await guest.engine.setWritable(true);
      expect(
        (
          await until(
            () => look(guest),
            ({ acceptsWrites }) => acceptsWrites,
          )
        ).processState,
      ).toBe('running');
      await bench.ask(guest, "INSERT INTO items VALUES (1000, 'x')");
      await bench.ask(guest, 'SELECT as_owner(1001)');
      await bench.ask(guest, "UPDATE items SET text = 'y' WHERE n = 1", { ...tenant, user: 'second' });
      await bench.ask(guest, "INSERT INTO items VALUES (1002, 'x')", { ...tenant, user: 'late' });
      await bench.ask(guest, 'SET ROLE NONE; INSERT INTO own VALUES (2)');
      await bench.ask(guest, 'CREATE TABLE more (n int)');
      await bench.ask(guest, "SELECT lo_from_bytea(0, 'x')");
      await bench.ask(guest, 'CREATE DATABASE made_by_root', root);
      expect(await bench.ask(guest, 'SELECT evtname FROM pg_event_trigger')).toEqual([]);
      expect(
        await bench.ask(
          guest,
          "SELECT a.grantee::regrole::text AS who, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname = 'items' AND a.grantee = 0 ORDER BY 2",
        ),
      ).toEqual([
        { who: '-', privilege_type: 'INSERT' },
        { who: '-', privilege_type: 'UPDATE' },
      ]);
    });
  });
}

const closed = /too many connections for role/;
const noise = "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 250000))";
const commentOf8MB = `DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE app IS %L', ${noise}); END $$`;
const settingOf8MB = `SET ROLE NONE; DO $$ BEGIN EXECUTE format('ALTER ROLE app SET application_name = %L', ${noise}); END $$`;

/** Each statement of a text on its own: together they would be one transaction. */
async function run(client: TenantClient, text: string): Promise<void> {
  let failure: unknown = null;
  for (const statement of text.startsWith('DO') ? [text] : text.split('; ')) {
    try {
      await client.query(statement);
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== null) throw failure;
}
