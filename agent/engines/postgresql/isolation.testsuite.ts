import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { identifyProcess, isSameProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { getMain, look, password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';

/** What tenants, strangers and other programs must never get. */
export function testIsolation(bench: TestBench): void {
  describe('isolation', () => {
    const root = { ...tenant, user: 'root' };
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.createDatabase({ name: 'foreign' }, context());
      await guest.engine.accounts.enableRoot({ password }, context());
    });

    test.each([
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      "COPY (SELECT 1) TO '/tmp/guestboard-escape'",
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT pg_ls_dir('/')",
      'SELECT rolpassword FROM pg_authid',
      "SELECT lo_import('/etc/passwd')",
      "ALTER SYSTEM SET archive_command = 'x'",
      'CREATE ROLE more LOGIN',
      'ALTER ROLE root SUPERUSER',
      'SET ROLE guestboard_admin',
      'GRANT pg_execute_server_program TO root',
      'CREATE EXTENSION file_fdw',
      "SELECT pg_create_physical_replication_slot('x')",
      'SELECT pg_reload_conf()',
      "SELECT set_config('log_statement', 'all', false)",
      'CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION now()',
      "CREATE TABLESPACE t LOCATION '/tmp'",
    ])('neither a user nor root can: %s', async (text) => {
      await expect(bench.ask(guest, text)).rejects.toThrow();
      await expect(bench.ask(guest, text, root)).rejects.toThrow();
    });

    test('a user enters only databases granted, and none of ours', async () => {
      for (const database of ['foreign', 'postgres', 'template1'])
        await expect(bench.ask(guest, 'SELECT 1', { ...tenant, database })).rejects.toThrow(/permission denied/);
    });

    test('our own accounts cannot be reached over the network, nothing without TLS', async () => {
      const connect = async (config: pg.ClientConfig) => {
        const client = new pg.Client({
          host: '127.0.0.1',
          port: guest.identity.port,
          password,
          database: 'app',
          connectionTimeoutMillis: 3000,
          ...config,
        });
        client.on('error', () => {});
        try {
          await client.connect();
          return 'in';
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        } finally {
          await client.end().catch(() => {});
        }
      };
      const ssl = { ca: guest.tls.caPem };
      expect(await connect({ user: 'app', ssl })).toBe('in');
      expect(await connect({ user: 'app', ssl: false })).toMatch(/no pg_hba.conf entry/);
      for (const user of ['guestboard_admin', 'guestboard_probe']) expect(await connect({ user, ssl })).toMatch(/pg_hba.conf rejects/);
      expect(await connect({ user: 'app', host: path.join(guest.identity.folder, 'run'), ssl: false })).toMatch(/pg_hba.conf rejects/);
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
        expect(String(error)).toMatch(/connection|slots|clients/);
      }
      const seen = await until(
        () => look(guest),
        ({ acceptsLogins }) => !acceptsLogins,
      );
      expect(seen).toMatchObject({ processState: 'running', lastError: expect.stringMatching(/slots|clients/) });
      expect(seen.metrics?.connections).toBe(clients.length);
      for (const client of clients) await client.close();
      await until(
        () => look(guest),
        ({ acceptsLogins }) => acceptsLogins,
      );
    });

    test('a pid file that names a stranger is never acted on, and is no hindrance', async () => {
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 2000);
      // A stranger with our data folder in its arguments, and in our data folder.
      const data = path.join(guest.identity.folder, 'data');
      const stranger = spawn('/bin/sleep', ['60', '-D', data].slice(0, 1), { cwd: data, argv0: 'postgres', stdio: 'ignore' });
      await once(stranger, 'spawn');
      try {
        const identity = identifyProcess(stranger.pid ?? 0);
        const text = [
          stranger.pid,
          data,
          Math.floor(Date.now() / 1000),
          guest.identity.port,
          path.join(guest.identity.folder, 'run'),
          '127.0.0.1',
          '  1 1',
          'ready   ',
        ].join('\n');
        await writeFile(path.join(data, 'postmaster.pid'), `${text}\n`);
        await writeFile(path.join(guest.identity.folder, 'run', `.s.PGSQL.${guest.identity.port}.lock`), `${text}\n`);
        const next = guest.withNewAgent();
        expect(await next.engine.adopt()).toBeNull();
        await next.engine.lifecycle.stop({}, context());
        expect(identity !== null && isSameProcess(identity)).toBe(true);
        await next.engine.lifecycle.start({}, context());
        expect(identity !== null && isSameProcess(identity)).toBe(true);
        expect(await bench.ask(guest, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
        await next.engine.close();
        await guest.engine.adopt();
      } finally {
        stranger.kill('SIGKILL');
      }
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

    test('our own pid file of an earlier life with a pid of today is no hindrance', async () => {
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 2000);
      await writeFile(path.join(guest.identity.folder, 'data', 'postmaster.pid'), `${process.pid}\n`);
      await guest.engine.lifecycle.start({}, context());
      expect(await bench.ask(guest, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });
}
