import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readCommandLine, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { archived, beginArchive, toPoint } from '../../archived-guest.testsuite.ts';
import { makeBackup, toStored } from '../../engine-backup.testsuite.ts';
import type { TestBench } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { readControlFile } from './control-file.ts';
import { createPlace } from './place.ts';
import { getSettings } from './settings.ts';

/** The first start on a restored copy replays what was written while it was made. */
export function testBackupRecovery(bench: TestBench): void {
  test('a copy of a server that is silent is cancelled all the same, and leaves nothing', async () => {
    const guest = await bench.beginGuest();
    await bench.ask(guest, bench.subject.manyRows.make);
    const cancel = new AbortController();
    const backupId = randomUUID();
    const ended = makeBackup(guest, backupId, context(cancel.signal)).then(
      () => 'stored',
      (error: unknown) => String(error),
    );
    const main = guest.engine.mainProcess();
    const findSender = () => (main === null ? [] : listTree(main)).find(({ pid }) => readCommandLine(pid).join(' ').includes('walsender'));
    let sender = findSender();
    for (const end = performance.now() + 10_000; sender === undefined; sender = findSender()) {
      expect(performance.now()).toBeLessThan(end);
      await sleep(1);
    }
    process.kill(sender.pid, 'SIGSTOP');
    try {
      await sleep(200);
      cancel.abort(new Error('cancelled'));
      // One that is only being connected to is given five seconds.
      expect(await Promise.race([ended, sleep(10_000, 'still waiting')])).toMatch(/cancelled/);
      expect(existsSync(path.join(guest.identity.backupFolder, backupId))).toBe(false);
    } finally {
      process.kill(sender.pid, 'SIGCONT');
    }
  }, 30_000);

  describe('recovery from a backup', () => {
    test('killed in the middle of it, the server starts again and has everything', async () => {
      const { manyRows } = bench.subject;
      const guest = await bench.beginGuest();
      await bench.ask(guest, manyRows.make);
      const backupId = randomUUID();
      // Long enough that there is much to replay, and a checkpoint that would have let it go.
      await guest.engine.backup.limit({ bytesPerSecond: 20_000_000 }, context());
      const writing = async () => {
        for (const _ of [1, 2, 3]) await bench.ask(guest, manyRows.change);
        await withClient(createPlace(guest.identity), {}, (client) => client.query('CHECKPOINT'));
        await guest.engine.backup.limit({ bytesPerSecond: null }, context());
      };
      await Promise.all([makeBackup(guest, backupId), writing()]);

      const copy = await bench.createGuest();
      await copy.initialise({ data: toStored(backupId) });
      const place = createPlace(copy.identity);
      const starting = copy.engine.lifecycle.start({}, context()).then(
        () => 'started',
        () => 'killed',
      );
      for (const end = performance.now() + 10_000; !existsSync(path.join(place.data, 'backup_label.old')); await sleep(1))
        expect(performance.now()).toBeLessThan(end);
      const main = copy.engine.mainProcess();
      for (const { pid, startTicks } of main === null ? [] : listTree(main)) {
        const identity = { pid, startTicks, hostBoot: main?.hostBoot ?? '' };
        signalProcess(identity, 'SIGKILL');
        await waitForEnd(identity, 5000);
      }
      expect(await starting).toBe('killed');
      expect(readControlFile(place)?.isRecoveringBackup).toBe(true);

      await copy.engine.lifecycle.start({}, context());
      expect(await bench.ask(copy, manyRows.count)).toEqual(await bench.ask(guest, manyRows.count));
      expect(readControlFile(place)?.isRecoveringBackup).toBe(false);
    }, 60_000);

    test('killed on its way to a moment, the server goes on to that moment when it is started again', async () => {
      const { says } = bench.subject;
      const guest = await bench.beginGuest();
      await bench.ask(guest, says.make('late'));
      const archiver = await beginArchive(guest);
      try {
        const backupId = randomUUID();
        await makeBackup(guest, backupId);
        await bench.ask(guest, says.add('late', 1));
        await sleep(20);
        const atMs = Date.now();
        await sleep(20);
        await bench.ask(guest, says.add('late', 2));
        await archived(archiver, Date.now());

        const copy = await bench.createGuest();
        const making = copy.initialise({ data: toPoint(guest, archiver, backupId, atMs) }).catch((error: Error) => error.message);
        const main = await until(
          () => copy.engine.mainProcess(),
          (found) => found !== null,
          20_000,
        );
        if (main !== null) signalProcess(main, 'SIGKILL');
        expect(await making).toMatch(/ended while starting/);

        await copy.engine.lifecycle.start({}, context());
        expect(await bench.ask(copy, says.list('late'))).toMatchObject([{ n: 1 }]);
        expect((await getSettings(createPlace(copy.identity))).recovery).toBeNull();
      } finally {
        await archiver.close();
      }
    }, 60_000);

    test('up to a moment before a database was dropped, it is whole, also where nothing was committed in between', async () => {
      const guest = await bench.beginGuest();
      const ask = (of: TestGuest, text: string, database = 'postgres') =>
        withClient(createPlace(of.identity), { database }, async (client) => (await client.query(text)).rows);
      await ask(guest, 'CREATE DATABASE going');
      await ask(guest, 'CREATE TABLE public.kept AS SELECT generate_series(1, 1000) AS n', 'going');
      const archiver = await beginArchive(guest);
      try {
        const backupId = randomUUID();
        await makeBackup(guest, backupId);
        await ask(guest, 'INSERT INTO public.kept VALUES (1001)', 'going');
        await sleep(20);
        const atMs = Date.now();
        await sleep(20);
        await ask(guest, 'DROP DATABASE going');
        await archived(archiver, Date.now());
        const copy = await bench.createGuest();
        await copy.begin({ data: toPoint(guest, archiver, backupId, atMs) });
        expect(await ask(copy, 'SELECT count(*)::int AS n FROM public.kept', 'going')).toEqual([{ n: 1001 }]);
        await ask(copy, 'DROP DATABASE going');
      } finally {
        await archiver.close();
      }
    }, 60_000);
  });
}
