import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { beforeAll, describe, expect, test } from 'vitest';
import { Cidr } from '#contract/names.ts';
import { measureDiskUsage } from '../../disk-usage.ts';
import { makeBackup } from '../../engine-backup.testsuite.ts';
import { look, password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { adminUser, createPlace } from './place.ts';
import { createProver } from './prover.ts';

/** What tenants and strangers must never get. `ignoresFolders`: a table asked into another folder is made in its own, rather than refused. */
export function testIsolation(bench: TestBench, { ignoresFolders }: { ignoresFolders: boolean }): void {
  describe('isolation', () => {
    const root = { ...tenant, user: 'root' };
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.createDatabase({ name: 'foreign' }, context());
      await guest.engine.accounts.createDatabase({ name: 'a_p' }, context());
      await guest.engine.accounts.createUser({ name: 'narrow', password, grants: ['a_p'] }, context());
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, 'CREATE TABLE lines_of (text VARCHAR(1000))');
    });

    test.each(["LOAD DATA INFILE '/etc/passwd' INTO TABLE lines_of", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE lines_of"])(
      'neither a user nor root can: %s',
      async (text) => {
        await expect(bench.ask(guest, text)).rejects.toThrow();
        await expect(bench.ask(guest, text, root)).rejects.toThrow();
      },
    );

    test('LOAD_FILE finds nothing, wherever it looks', async () => {
      for (const file of ['/etc/passwd', createPlace(guest.identity).configFile])
        for (const login of [tenant, root])
          expect(await bench.ask(guest, `SELECT LOAD_FILE('${file}') AS content`, login)).toEqual([{ content: null }]);
    });

    test('a table asked into another folder stays in its own', async () => {
      const making = bench.ask(guest, "CREATE TABLE away (n INT) DATA DIRECTORY = '/tmp'");
      if (ignoresFolders) await making;
      else await expect(making).rejects.toThrow(/denied/);
      expect(existsSync('/tmp/app')).toBe(false);
      expect(existsSync(path.join(guest.identity.folder, 'data', 'app', 'away.ibd'))).toBe(ignoresFolders);
    });

    test('a user enters only databases granted, exactly by name, and none of ours', async () => {
      for (const database of ['foreign', 'mysql', 'sys'])
        await expect(bench.ask(guest, 'SELECT 1', { ...tenant, database })).rejects.toThrow(/denied/);
      await expect(bench.ask(guest, 'SELECT 1', { ...root, database: 'mysql' })).rejects.toThrow(/denied/);
      const narrow = { ...tenant, user: 'narrow', database: 'a_p' };
      await bench.ask(guest, 'SELECT 1', narrow);
      // `_` is a wildcard of GRANT: app is not a_p.
      await expect(bench.ask(guest, 'SELECT 1', { ...narrow, database: 'app' })).rejects.toThrow(/denied/);
    });

    test('our own accounts cannot be reached over the network, nothing without TLS, nobody from elsewhere', async () => {
      const connect = async (config: mysql.ConnectionOptions) => {
        try {
          const connection = await mysql.createConnection({ host: '127.0.0.1', port: guest.identity.port, ...config });
          await connection.end();
          return 'in';
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      };
      const ssl = { ca: guest.tls.caPem };
      expect(await connect({ user: 'app', password, ssl })).toBe('in');
      expect(await connect({ user: 'app', password })).not.toBe('in');
      for (const user of [adminUser(), 'guestboard_probe', 'guestboard_stopped', 'mariadb.sys', 'mysql', ''])
        for (const word of ['', password]) expect(await connect({ user, password: word, ssl }), user).toMatch(/Access denied/);
      const narrowed = await bench.createGuest();
      await narrowed.begin({ allowedCidrs: ['10.0.0.0/8', '192.168.1.7/32'] });
      await narrowed.engine.accounts.createUser({ name: 'app', password, grants: [] }, context());
      expect(await connect({ user: 'app', password, ssl, port: narrowed.identity.port })).toMatch(/Access denied|not allowed/);
      await narrowed.initialise({ allowedCidrs: [Cidr.parse('127.%')] });
      expect(await connect({ user: 'app', password, ssl, port: narrowed.identity.port })).toBe('in');
      await expect(narrowed.initialise({ allowedCidrs: ['fd00::/8'] })).rejects.toMatchObject({ code: 'invalid-input' });
      await narrowed.engine.lifecycle.stop({}, context());
    });

    test('our own connections are ended by nobody, and however few a user may have, ours go on', async () => {
      const place = createPlace(guest.identity);
      await withClient(place, {}, async (client) => {
        const [row] = await client.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
        for (const login of [tenant, root]) {
          await expect(bench.ask(guest, `KILL ${Number(row?.id)}`, login)).rejects.toThrow(/not owner|denied/i);
          await bench.ask(guest, `KILL USER '${adminUser()}'`, login).catch(() => {});
        }
        expect(await client.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
      });
      await guest.engine.configuration.apply({ parameters: { max_user_connections: 1 } }, context());
      await Promise.all([1, 2, 3].map(() => withClient(place, {}, (client) => client.query('SELECT SLEEP(0.2)'))));
      const only = await bench.subject.connect(guest, tenant);
      await expect(bench.ask(guest, 'SELECT 1')).rejects.toThrow(/max_user_connections/);
      await only.close();
      await guest.engine.configuration.apply({ parameters: {} }, context());
      await Promise.all([1, 2, 3].map(() => bench.ask(guest, 'SELECT SLEEP(0.1)')));
    });

    test('who holds tables and does nothing keeps no backup from being made', async () => {
      await bench.ask(guest, 'CREATE TABLE held (n INT)');
      const holder = await bench.subject.connect(guest, tenant);
      await holder.query('LOCK TABLES held WRITE');
      const { manifest } = await makeBackup(guest, 'c1000000-5b8e-4b5c-8a39-54a0c5b2d009');
      expect(manifest.parts).toHaveLength(1);
      await holder.close();
    });

    test('what becomes a view while rows are counted is not run with our rights', async () => {
      for (const text of [
        'CREATE TABLE a_gate (n INT)',
        'CREATE TABLE b_rows AS SELECT 1 AS n',
        'CREATE TABLE z_turned (n INT)',
        'CREATE TABLE reached (who VARCHAR(200))',
        `CREATE FUNCTION reach() RETURNS INT SQL SECURITY INVOKER
           BEGIN INSERT INTO reached SELECT CURRENT_USER() FROM mysql.user; RETURN 1; END`,
        'CREATE SQL SECURITY INVOKER VIEW there AS SELECT n, (SELECT reach()) AS m FROM (SELECT reach() AS n) AS d WHERE reach() = 1',
      ])
        await bench.ask(guest, text);
      const [gate, other, third] = await Promise.all([1, 2, 3].map(() => bench.subject.connect(guest, tenant)));
      if (gate === undefined || other === undefined || third === undefined) throw new Error('There are three connections.');
      // What waits for the one keeps the count waiting, and lets the list of tables pass.
      await gate.query('BEGIN');
      await gate.query('SELECT * FROM a_gate');
      const locking = other.query('LOCK TABLES a_gate WRITE');
      const counting = createProver(createPlace(guest.identity)).count(
        { mostBytes: 1e9, eachMs: 60_000, budgetMs: 60_000, listingMs: 60_000 },
        AbortSignal.timeout(60_000),
      );
      await until(
        () => bench.ask(guest, "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT COUNT%a_gate%'", root),
        (rows) => rows.length > 0,
      );
      await third.query('DROP TABLE z_turned');
      await third.query('CREATE SQL SECURITY INVOKER VIEW z_turned AS SELECT n FROM b_rows WHERE reach() = 1');
      await gate.query('COMMIT');
      await locking;
      await other.query('UNLOCK TABLES');
      await guest.engine.accounts.listDatabases({}, context());
      const { each } = await counting;
      expect(each.find(({ name }) => name === 'app.b_rows')).toMatchObject({ rows: 1 });
      expect(each.find(({ name }) => name === 'app.z_turned')).toMatchObject({ rows: null });
      expect(await bench.ask(guest, 'SELECT DISTINCT who FROM reached')).toEqual([]);
      await Promise.all([gate.close(), other.close(), third.close()]);
    });

    test('another’s database of a dropped name inherits nobody', async () => {
      await guest.engine.accounts.createDatabase({ name: 'again' }, context());
      await guest.engine.accounts.setGrants({ name: 'narrow', grants: ['again'] }, context());
      await guest.engine.accounts.dropDatabase({ name: 'again' }, context());
      await guest.engine.accounts.createDatabase({ name: 'again' }, context());
      await expect(bench.ask(guest, 'SELECT 1', { ...tenant, user: 'narrow', database: 'again' })).rejects.toThrow(/denied/);
    });

    test('looks leave no trace in the tenant’s log, and count as nothing', async () => {
      const quiet = await bench.beginGuest();
      await until(
        () => look(quiet),
        ({ acceptsLogins }) => acceptsLogins,
      );
      for (let beat = 0; beat < 10; beat += 1) {
        await look(quiet);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect((await look(quiet)).metrics).toMatchObject({
        tmpDiskTablesPerSecond: 0,
        selectsPerSecond: 0,
        insertsPerSecond: 0,
        connections: 0,
        runningThreads: 0,
      });
      // Each kind is its own; the rest, such as REPLACE, is one more.
      const words = [
        'INSERT INTO kinds VALUES (1), (2)',
        'UPDATE kinds SET n = n + 1 ORDER BY n DESC',
        'DELETE FROM kinds WHERE n = 2',
        'REPLACE INTO kinds VALUES (9)',
      ];
      await bench.ask(quiet, 'CREATE TABLE kinds (n INT PRIMARY KEY)');
      await look(quiet);
      for (const text of words) await bench.ask(quiet, text);
      const { metrics } = await look(quiet);
      const {
        insertsPerSecond = 0,
        updatesPerSecond = 0,
        deletesPerSecond = 0,
        otherStatementsPerSecond = 0,
        selectsPerSecond = 0,
      } = metrics ?? {};
      expect(insertsPerSecond).toBeGreaterThan(0);
      expect([updatesPerSecond, deletesPerSecond]).toEqual([insertsPerSecond, insertsPerSecond]);
      expect(otherStatementsPerSecond).toBeGreaterThanOrEqual(insertsPerSecond * 0.99);
      expect(metrics?.queriesPerSecond).toBeCloseTo(selectsPerSecond + 3 * insertsPerSecond + otherStatementsPerSecond, 5);
      const lines = readFileSync(path.join(quiet.identity.folder, 'logs', 'error.log'), 'utf8').split('\n');
      // The installer's own entry is gone after the first start, which still tells of it; where many servers run, their host is out of rings.
      expect(lines.filter((line) => /\[(Warning|ERROR)\] (?!'proxies_priv'|mariadbd: io_uring_queue_init)/.test(line))).toEqual([]);
      await quiet.engine.lifecycle.stop({}, context());
    });
  });

  describe('growth stop', () => {
    const root = { ...tenant, user: 'root' };
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, 'CREATE TABLE items (n INT PRIMARY KEY, text VARCHAR(20))');
      await bench.ask(guest, "INSERT INTO items VALUES (1, 'a'), (2, 'b'), (3, 'c')");
      await bench.ask(guest, 'CREATE TABLE spare (n INT)');
      await bench.ask(guest, "CREATE PROCEDURE grow() INSERT INTO items VALUES (100, 'x')");
    });

    test('what grows is refused to users and root, also on connections that were open; what makes room goes on', async () => {
      const open = await bench.subject.connect(guest, tenant);
      await guest.engine.setWritable(false);
      await expect(open.query("INSERT INTO items VALUES (4, 'd')")).rejects.toThrow();
      await open.close();
      await until(
        () => look(guest),
        ({ acceptsWrites, acceptsLogins }) => !acceptsWrites && acceptsLogins,
      );
      for (const login of [tenant, root])
        for (const text of [
          "INSERT INTO items VALUES (4, 'd')",
          "UPDATE items SET text = 'longer'",
          'CREATE TABLE more (n INT)',
          'CREATE TEMPORARY TABLE more (n INT)',
          'CREATE DATABASE more',
          'ALTER TABLE items ADD COLUMN m INT',
          'CREATE INDEX i ON items (text)',
          'CALL grow()',
        ])
          await expect(bench.ask(guest, text, login), `${login.user}: ${text}`).rejects.toThrow(/denied/);
      await expect(guest.engine.accounts.createDatabase({ name: 'more' }, context())).rejects.toMatchObject({ code: 'volume-full' });
      await bench.ask(guest, 'DELETE FROM items WHERE n = 3');
      await bench.ask(guest, 'TRUNCATE TABLE spare', root);
      await bench.ask(guest, 'DROP TABLE spare');
      expect(await bench.count(guest, 'items')).toBe(2);
    });

    test('who only reads fills no disk either while it is stopped', async () => {
      await guest.engine.setWritable(true);
      await guest.engine.accounts.createUser({ name: 'reader', password, grants: [{ database: 'app', level: 'read-only' }] }, context());
      await bench.ask(guest, bench.subject.manyRows.make);
      await guest.engine.setWritable(false);
      const reader = await bench.subject.connect(guest, { ...tenant, user: 'reader' });
      const reading = reader.query(
        'SELECT COUNT(*) AS n FROM (SELECT DISTINCT REPEAT(a.text, 20) AS one, b.text AS other FROM many a, many b) AS pairs',
      );
      const ended = expect(reading).rejects.toThrow();
      const { spillFolders } = createPlace(guest.identity);
      const spilled = () => measureDiskUsage(spillFolders);
      await until(spilled, (bytes) => bytes > 100e6);
      await guest.engine.setWritable(false);
      await ended;
      await until(spilled, (bytes) => bytes < 32e6);
      await reader.close();
      await bench.ask(guest, 'DROP TABLE many');
    });

    test('it holds over a restart, a new agent and new users; lifted, all is as before', async () => {
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await guest.engine.accounts.createUser({ name: 'late', password, grants: ['app'] }, context());
      await guest.withNewAgent().engine.setWritable(false);
      for (const user of ['app', 'late', 'root'])
        await expect(bench.ask(guest, "INSERT INTO items VALUES (9, 'x')", { ...tenant, user }), user).rejects.toThrow(/denied/);
      expect((await guest.engine.accounts.listUsers({}, context())).users.map(({ name, grants }) => [name, grants])).toEqual([
        ['app', ['app']],
        ['late', ['app']],
        ['reader', [{ database: 'app', level: 'read-only' }]],
        ['root', ['app']],
      ]);
      await guest.engine.setWritable(true);
      await guest.engine.setWritable(true);
      await bench.ask(guest, 'CALL grow()');
      for (const [index, user] of ['app', 'late', 'root'].entries())
        await bench.ask(guest, `INSERT INTO items VALUES (${10 + index}, 'x')`, { ...tenant, user });
      await until(
        () => look(guest),
        ({ acceptsWrites }) => acceptsWrites,
      );
    });
  });
}
