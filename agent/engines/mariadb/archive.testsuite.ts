import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archiver } from '../../archive/archiver.ts';
import { LogLost } from '../../archive/source.ts';
import { archived, beginArchive, newest, toPoint } from '../../archived-guest.testsuite.ts';
import { makeBackup, toStored } from '../../engine-backup.testsuite.ts';
import { password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';
import { pruneBinaryLogs } from './prune-binary-logs.ts';

const MiB = 1024 ** 2;

/** What only a log has whose stamps are whole seconds, of when a statement began, and which tenants may set. */
export function testArchivedLog(bench: TestBench): void {
  const { says, manyRows } = bench.subject;

  describe('archived binary log', () => {
    let guest: TestGuest;
    let archiver: Archiver;
    let atMs = 0;
    const [fullId, baseId] = [randomUUID(), randomUUID()];
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, says.make('late'));
      await bench.ask(guest, 'CREATE TABLE with_history (n INT) WITH SYSTEM VERSIONING');
      await bench.ask(guest, 'CREATE TABLE without_data (n INT)');
      await bench.ask(guest, 'ALTER TABLE without_data DISCARD TABLESPACE');
      archiver = await beginArchive(guest);
      await makeBackup(guest, fullId);
      await bench.ask(guest, says.add('late', 1));
      await makeBackup(guest, baseId, context(), fullId);
    });
    afterAll(() => archiver?.close());
    const rows = async (of: TestGuest) => (await bench.ask(of, says.list('late'))).map(({ n }) => Number(n)).sort((a, b) => a - b);
    const listUsers = async (of: TestGuest) => (await of.engine.accounts.listUsers({}, context())).users.map(({ name }) => name).sort();

    test('when something was written counts, not how it is stamped; accounts are those of the moment', async () => {
      const { accounts } = guest.engine;
      const client = await bench.subject.connect(guest, tenant);
      try {
        await client.query('SET timestamp = 2000000000');
        await client.query(says.add('late', 2));
        await client.query('SET timestamp = 1000000000');
        await client.query(says.add('late', 3));
        await client.query('SET timestamp = DEFAULT');
        // What a session says of itself and the log does not: the replay takes what the server took.
        await client.query('SET innodb_strict_mode = OFF');
        await client.query('CREATE TABLE lenient (n int) ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 3');
        await client.query('INSERT INTO lenient VALUES (1)');
        await client.query('CREATE EVENT often ON SCHEDULE EVERY 1 HOUR DO DELETE FROM late');
        await accounts.createUser({ name: 'early', password, grants: ['app'] }, context());
        // A statement that begins before the moment and is committed after it.
        const beganMs = Date.now();
        const slow = client.query('INSERT INTO late SELECT 4 + SLEEP(3)');
        atMs = Math.ceil((beganMs + 500) / 1000) * 1000;
        await slow;
        expect(Date.now()).toBeGreaterThan(atMs + 500);
        await accounts.createUser({ name: 'later', password, grants: ['app'] }, context());
      } finally {
        await client.close();
      }
      await archived(archiver, Date.now());
      const copy = await bench.createGuest();
      await copy.begin({ data: toPoint(guest, archiver, baseId, atMs) });
      expect(await rows(copy)).toEqual([1, 2, 3]);
      expect(await listUsers(copy)).toEqual(['app', 'early']);
      expect(await bench.ask(copy, says.list('late'), { ...tenant, user: 'early' })).toHaveLength(3);
      expect(copy.events).toMatchObject([{ code: 'events-disabled' }]);
      expect(await rows(guest)).toEqual([1, 2, 3, 4]);
    });

    test('a replay that was cut off leaves nothing behind, and is done when asked again; a proof looks into what has a history, and takes what had no data as it was', async () => {
      const copy = await bench.createGuest();
      const data = toPoint(guest, archiver, fullId, atMs);
      const cut = new AbortController();
      const told = {
        ...context(cut.signal),
        progress: ({ detail }: { detail?: string }) => void (detail?.startsWith('Replaying') && cut.abort(new Error('cut off'))),
      };
      const size = { memoryBytes: 512 * MiB, cpus: 1, volumeBytes: 1024 * MiB };
      const input = { size, tls: copy.tls, allowedCidrs: ['127.0.0.0/8'], parameters: {}, data };
      await expect(copy.engine.lifecycle.initialise(input, told)).rejects.toThrow('cut off');
      await copy.begin({ data });
      expect(await rows(copy)).toEqual([1, 2, 3]);
      const found = await copy.engine.backup.check({ backupId: fullId, counts: null }, context());
      expect(found).toMatchObject({ things: 4, checks: [{ outcome: expect.stringMatching(/^3 tables are sound. 1 more/) }] });
    });

    test('after a restore in place the archive begins anew: it is another log', async () => {
      const before = newest(archiver)?.id;
      const { lifecycle, backup } = guest.engine;
      const { kind: _, ...stored } = toStored(fullId);
      await backup.fetch({ purpose: 'back', ...stored }, context());
      await lifecycle.stop({}, context());
      await backup.exchange({ purpose: 'back' }, context());
      await lifecycle.start({}, context());
      await backup.settle({ purpose: 'back', keep: 'new' }, context());
      const span = await until(
        () => newest(archiver),
        (found) => found?.id !== before && found?.endedAtMs === null,
      );
      expect(archiver.summarise()?.spans.find(({ id }) => id === before)?.endReason).toMatch(/another log/);
      await archived(archiver, (span?.fromMs ?? 0) + 1000);
      expect(archiver.facts()).toMatchObject({ state: 'on', error: null });
    });

    test('what is not archived yet is not pruned, up to a limit that holds with nobody there to archive', async () => {
      const small = await bench.beginGuest({ size: { memoryBytes: 512 * MiB, cpus: 1, volumeBytes: 256 * MiB } });
      const place = createPlace(small.identity);
      const source = small.engine.archiveSource;
      const stream = await source?.open(null, { push: () => false, fail: () => {} });
      stream?.close();
      await bench.ask(small, manyRows.make);
      const prune = () => withClient(place, {}, (client) => pruneBinaryLogs(place, client, Date.now()));
      const measure = async () =>
        (await withClient(place, {}, (client) => client.query<{ File_size: number }>('SHOW BINARY LOGS'))).reduce(
          (sum, { File_size: bytes }) => sum + Number(bytes),
          0,
        );
      while ((await measure()) < 48 * MiB) await bench.ask(small, manyRows.change);
      await prune();
      expect(await measure()).toBeGreaterThan(48 * MiB);
      const again = await source?.open(stream?.from ?? null, { push: () => false, fail: () => {} });
      again?.close();
      while ((await measure()) < 82 * MiB) await bench.ask(small, manyRows.change);
      await prune();
      expect(await measure()).toBeLessThan(33 * MiB);
      await expect(source?.open(stream?.from ?? null, { push: () => false, fail: () => {} })).rejects.toBeInstanceOf(LogLost);
    });
  });
}
