import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { archived, beginArchive, toPoint } from '../../archived-guest.testsuite.ts';
import { makeBackup, toStored } from '../../engine-backup.testsuite.ts';
import type { TestBench } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { close, connect, withClient } from './connections.ts';
import { reopenWhole } from './cut-off-drops.ts';
import { createPlace } from './place.ts';

/** A drop that a backup ends in the middle of: the database is closed for good, and its files are going. */
export function testCutOffDrops(bench: TestBench): void {
  const ask = <Row extends object>(of: TestGuest, text: string, database = 'postgres') =>
    withClient(createPlace(of.identity), { database }, async (client) => (await client.query(text)).rows as Row[]);
  const listNames = async (of: TestGuest) =>
    (await ask<{ name: string }>(of, "SELECT datname AS name FROM pg_database WHERE datname LIKE 'going%' ORDER BY 1")).map(
      ({ name }) => name,
    );

  test('a backup that ends in the middle of a drop is restored without what was being dropped, and that is said', async () => {
    const guest = await bench.beginGuest();
    const { accounts } = guest.engine;
    await accounts.createDatabase({ name: 'going' }, context());
    await ask(guest, 'CREATE TABLE public.kept AS SELECT generate_series(1, 1000) AS n', 'going');
    // Every process of the server must answer a drop before files go: one that is stopped holds it there.
    const holder = await connect(createPlace(guest.identity), {});
    const [{ pid = 0 } = {}] = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    process.kill(pid, 'SIGSTOP');
    const backupId = randomUUID();
    const dropping = ask(guest, 'DROP DATABASE going').catch((error: Error) => error);
    try {
      const limits = () => ask<{ limit: number }>(guest, "SELECT datconnlimit AS limit FROM pg_database WHERE datname = 'going'");
      await until(limits, ([row]) => row?.limit === -2, 10_000);
      expect((await makeBackup(guest, backupId)).manifest.counts).not.toBeNull();
    } finally {
      process.kill(pid, 'SIGCONT');
      await dropping;
      close(holder);
    }
    expect(await listNames(guest)).toEqual([]);

    const copy = await bench.createGuest();
    await copy.begin({ data: toStored(backupId) });
    expect(await listNames(copy)).toEqual([]);
    expect(copy.events).toMatchObject([
      { code: 'drops-finished', tone: 'attention', sentence: expect.stringMatching(/database going was/) },
    ]);
    expect(await ask(copy, "SELECT FROM pg_roles WHERE rolname LIKE 'guestboard_owner_%'")).toHaveLength(1);
    expect(existsSync(path.join(createPlace(copy.identity).data, 'guestboard-restored'))).toBe(false);
    const { counts } = (await makeBackup(copy, randomUUID())).manifest;
    expect((await copy.engine.backup.check({ backupId, counts }, context())).differences).toEqual([]);
  }, 60_000);

  test('a moment after a backup that ended while the files went has nothing half of it', async () => {
    const guest = await bench.beginGuest();
    await ask(guest, 'CREATE DATABASE going');
    await ask(guest, 'CREATE TABLE public.kept AS SELECT generate_series(1, 1000) AS n', 'going');
    const [{ file = '' } = {}] = await ask<{ file: string }>(guest, "SELECT pg_relation_filepath('public.kept') AS file", 'going');
    await ask(guest, "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'going'");
    await ask(guest, 'CHECKPOINT');
    await rm(path.join(createPlace(guest.identity).data, file));
    const archiver = await beginArchive(guest);
    try {
      const backupId = randomUUID();
      await makeBackup(guest, backupId);
      await ask(guest, 'CREATE TABLE public.later (n int)');
      const atMs = Date.now() + 1;
      await sleep(20);
      await ask(guest, 'DROP TABLE public.later');
      await archived(archiver, Date.now());
      const copy = await bench.createGuest();
      await copy.begin({ data: toPoint(guest, archiver, backupId, atMs) });
      expect(await listNames(copy)).toEqual([]);
      expect(copy.events).toMatchObject([{ code: 'drops-finished' }]);
    } finally {
      await archiver.close();
    }
  }, 60_000);

  test('one that cannot be looked into is not called broken, which would have it dropped; one that is whole is open again', async () => {
    const guest = await bench.beginGuest();
    const [place, { signal }] = [createPlace(guest.identity), context()];
    const readLimit = async () =>
      (await ask<{ limit: number }>(guest, "SELECT datconnlimit AS limit FROM pg_database WHERE datname = 'going'"))[0]?.limit;
    await ask(guest, 'CREATE DATABASE going');
    await ask(guest, "UPDATE pg_database SET datconnlimit = -2, datallowconn = false WHERE datname = 'going'");
    await expect(reopenWhole(place, signal)).rejects.toThrow();
    expect(await readLimit()).toBe(-2);
    await ask(guest, "UPDATE pg_database SET datallowconn = true WHERE datname = 'going'");
    await reopenWhole(place, signal);
    expect(await readLimit()).toBe(-1);
    // As an agent leaves it that is killed while it looks.
    await ask(guest, 'CREATE TABLE public.kept AS SELECT 1 AS n', 'going');
    const [{ file = '' } = {}] = await ask<{ file: string }>(guest, "SELECT pg_relation_filepath('public.kept') AS file", 'going');
    await ask(guest, "UPDATE pg_database SET datconnlimit = -3 WHERE datname = 'going'");
    await ask(guest, 'CHECKPOINT');
    await rm(path.join(place.data, file));
    await reopenWhole(place, signal);
    expect(await readLimit()).toBe(-2);
    await ask(guest, 'DROP DATABASE going');
  }, 60_000);

  test('one that a crash cut off is nobody’s way to users, and can be dropped', async () => {
    const guest = await bench.beginGuest();
    const { accounts } = guest.engine;
    await accounts.createDatabase({ name: 'going-on' }, context());
    await ask(guest, "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'going-on'");
    await accounts.createUser(
      { name: 'later', password: 'Correct-horse-8-battery', grants: [bench.subject.grants('app')[0] ?? ''] },
      context(),
    );
    expect((await accounts.listUsers({}, context())).users.map(({ name }) => name)).toContain('later');
    await expect(accounts.createDatabase({ name: 'going-on' }, context())).rejects.toMatchObject({ code: 'name-taken' });
    await accounts.dropDatabase({ name: 'going-on' }, context());
    expect(await listNames(guest)).toEqual([]);
  }, 60_000);
}
