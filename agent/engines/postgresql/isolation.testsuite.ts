import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { identifyProcess, isSameProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { getMain, password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';

/** What tenants, strangers and other programs must never get. */
export function testIsolation(bench: TestBench): void {
  describe('isolation', () => {
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.createDatabase({ name: 'foreign' }, context());
      await guest.engine.accounts.enableRoot({ password }, context());
    });

    test('a user enters only databases granted, and none of ours', async () => {
      for (const database of ['foreign', 'postgres', 'template1'])
        await expect(bench.ask(guest, 'SELECT 1', { ...tenant, database })).rejects.toThrow(/permission denied/);
    });

    test('counting rows runs nothing of a tenant’s with our rights: no index’s condition, and no view that took a table’s place', async () => {
      for (const text of [
        'CREATE TABLE a_gate (n INT)',
        'CREATE TABLE z_turned AS SELECT 1 AS n',
        'CREATE TABLE reached (who TEXT)',
        "CREATE FUNCTION reach() RETURNS INT VOLATILE LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.reached VALUES (current_user); RETURN 1; END'",
        "CREATE FUNCTION same() RETURNS INT IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN public.reach(); END'",
        'CREATE INDEX ON a_gate (n) WHERE public.same() = 1',
        'CREATE INDEX ON a_gate ((n + public.same()))',
        'ALTER TABLE a_gate ADD CHECK (n > public.same())',
        'ALTER TABLE a_gate ADD COLUMN g INT GENERATED ALWAYS AS (n + public.same()) STORED',
        'INSERT INTO a_gate SELECT generate_series(2, 4)',
        'CREATE TABLE bare ()',
        'INSERT INTO bare DEFAULT VALUES',
        "CREATE TYPE mood AS ENUM ('calm')",
        'CREATE TABLE "odd ""one" ("a ""b" mood)',
        `INSERT INTO "odd ""one" VALUES ('calm'), (NULL)`,
      ])
        await bench.ask(guest, text);
      const gate = await bench.subject.connect(guest, tenant);
      await gate.query('BEGIN');
      await gate.query('LOCK TABLE a_gate');
      const counting = createProver(createPlace(guest.identity)).count(
        { mostBytes: 1e9, eachMs: 60_000, budgetMs: 60_000, listingMs: 60_000 },
        AbortSignal.timeout(60_000),
      );
      // Counting the one, which comes first, waits for its lock.
      await until(
        () => gate.query('SELECT FROM pg_locks WHERE NOT granted'),
        (rows) => rows.length > 0,
      );
      await bench.ask(guest, 'DROP TABLE z_turned');
      await bench.ask(guest, 'CREATE VIEW z_turned AS SELECT public.reach() AS n WHERE public.reach() = 1');
      await gate.query('COMMIT');
      const { each } = await counting;
      const rowsOf = (name: string) => each.find((one) => one.name === `app.public.${name}`)?.rows;
      expect(['a_gate', 'bare', 'odd "one', 'z_turned'].map(rowsOf)).toEqual([3, 1, 2, null]);
      expect(await bench.ask(guest, "SELECT who FROM reached WHERE who LIKE '%admin%'")).toEqual([]);
      await gate.close();
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
