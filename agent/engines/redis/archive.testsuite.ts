import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archiver } from '../../archive/archiver.ts';
import { archived, beginArchive, newest, toPoint } from '../../archived-guest.testsuite.ts';
import { makeBackup } from '../../engine-backup.testsuite.ts';
import { password, type TenantClient, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { asAdmin } from './under-test.testsuite.ts';

/** What only a log has that is rewritten, is in one of many databases at a time, and knows no accounts. */
export function testArchivedFile(bench: TestBench): void {
  describe('archived append-only file', () => {
    const third = { ...tenant, database: '3' };
    let guest: TestGuest;
    let archiver: Archiver;
    let client: TenantClient;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      archiver = await beginArchive(guest);
      client = await bench.subject.connect(guest, third);
    });
    afterAll(async () => {
      await client?.close();
      await archiver?.close();
    });
    const list = async (of: TestGuest, key: string, login = third) =>
      (await bench.ask(of, `LRANGE ${key} 0 -1`, login)).map(({ n }) => Number(n));
    const listUsers = async (of: TestGuest) => (await of.engine.accounts.listUsers({}, context())).users.map(({ name }) => name).sort();
    const restore = async (base: string, atMs: number) => {
      await archived(archiver, atMs);
      const copy = await bench.createGuest();
      await copy.begin({ data: toPoint(guest, archiver, base, atMs) });
      return copy;
    };
    const rewrite = async () => {
      const ofFile = async () => /aof_rewrite_(?:in_progress|scheduled):1/.test(String(await asAdmin(guest, 'INFO', 'persistence')));
      await asAdmin(guest, 'BGREWRITEAOF');
      await until(ofFile, (isOn) => !isOn);
    };
    /** The next whole second, once it has come. */
    const nextSecond = async () => {
      const atMs = Math.ceil((Date.now() + 1) / 1000) * 1000;
      await sleep(atMs - Date.now() + 5);
      return atMs;
    };

    test('in the database they were done in, across a rewrite, and with the accounts of the moment', async () => {
      const { accounts } = guest.engine;
      const [base, idle] = [randomUUID(), randomUUID()];
      await client.query('RPUSH late 1');
      await makeBackup(guest, base);
      await client.query('RPUSH late 2');
      await rewrite();
      await client.query('RPUSH late 3');
      await accounts.createUser({ name: 'early', password, grants: ['application'] }, context());
      const atMs = await nextSecond();
      await client.query('RPUSH late 4');
      await accounts.createUser({ name: 'later', password, grants: ['application'] }, context());
      // Nothing follows a rewrite for now, and it is archived up to now all the same.
      await rewrite();
      await makeBackup(guest, idle);
      const copy = await restore(base, atMs);
      expect(await list(await restore(idle, await nextSecond()), 'late')).toEqual([1, 2, 3, 4]);
      expect(await list(copy, 'late')).toEqual([1, 2, 3]);
      expect(await list(copy, 'late', tenant)).toEqual([]);
      expect(await listUsers(copy)).toEqual(['app', 'early']);
      expect(await list(copy, 'late', { ...third, user: 'early' })).toEqual([1, 2, 3]);
    });

    test('a base that was taken while writes went on: none of them is missing, and none is done twice', async () => {
      const base = randomUUID();
      let isDone = false;
      let n = 0;
      const writing = (async () => {
        for (; !isDone; n += 1) await client.query(`RPUSH busy ${n}`);
      })();
      await sleep(100);
      await makeBackup(guest, base);
      const atMs = await nextSecond();
      await sleep(100);
      isDone = true;
      await writing;
      const rows = await list(await restore(base, atMs), 'busy');
      expect(rows.length).toBeGreaterThan(10);
      expect(rows.length).toBeLessThan(n);
      expect(rows).toEqual(rows.map((_, index) => index));
    });

    test('what was written before is not archived: a large file begins anew', async () => {
      const old = await bench.beginGuest();
      await bench.ask(old, bench.subject.manyRows.make);
      const own = await beginArchive(old);
      try {
        const base = randomUUID();
        await makeBackup(old, base);
        await bench.ask(old, 'SET word said');
        const atMs = await nextSecond();
        await archived(own, atMs);
        expect(newest(own)?.storedBytes).toBeLessThan(100_000);
        const copy = await bench.createGuest();
        await copy.begin({ data: toPoint(old, own, base, atMs) });
        expect(await bench.ask(copy, 'DBSIZE')).toEqual([{ value: 100_001 }]);
      } finally {
        await own.close();
      }
    });

    test('rewritten twice while nobody archives, there is a gap that says so', async () => {
      const before = newest(archiver)?.id;
      await archiver.close();
      for (const word of ['one', 'two']) {
        await client.query(`SET word ${word}`);
        await rewrite();
      }
      archiver = await beginArchive(guest);
      await until(
        () => newest(archiver),
        (span) => span?.id !== before && span?.endedAtMs === null,
      );
      expect(archiver.summarise()?.spans.find(({ id }) => id === before)?.endReason).toMatch(/rewrote its append-only file/);
    });
  });
}
