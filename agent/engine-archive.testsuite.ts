import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLosses, toPieces } from '#contract/archived-pieces.ts';
import { getDatastore } from '#contract/datastores/index.ts';
import { signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { openArchiveFile } from './archive/archive-file.ts';
import type { Archiver } from './archive/archiver.ts';
import { archived, beginArchive, newest, takeAway, toPoint, wanted } from './archived-guest.testsuite.ts';
import { testArchiveLimit } from './engine-archive-limit.testsuite.ts';
import { makeBackup } from './engine-backup.testsuite.ts';
import { getMain, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

/** Any moment since the first full backup is reached exactly, whatever happened to agent, engine and storage in between. */
export function testArchive(bench: TestBench): void {
  const { says } = bench.subject;
  const grainMs = getDatastore(bench.subject.datastore).restoreGrainMs ?? 1;

  describe('continuous archive', () => {
    let guest: TestGuest;
    let archiver: Archiver;
    const archivers: Archiver[] = [];
    const backupId = randomUUID();
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, says.make('late'));
      archiver = await archive(guest);
      await makeBackup(guest, backupId);
    });
    afterAll(async () => {
      await Promise.all(archivers.map((each) => each.close()));
    });

    const archive = async (of: TestGuest): Promise<Archiver> => {
      const started = await beginArchive(of);
      archivers.push(started);
      return started;
    };

    const put = (of: TestGuest, n: number) => bench.ask(of, says.add('late', n));

    /** Adds a row, and answers a moment after it and before the next, as fine as the engine tells them apart. */
    async function add(of: TestGuest, n: number): Promise<number> {
      await put(of, n);
      // The clock cuts milliseconds off: within the one of the commit it would name a moment before it.
      const atMs = Math.ceil((Date.now() + 1) / grainMs) * grainMs;
      await sleep(atMs - Date.now() + 5);
      return atMs;
    }

    const restore = (of: TestGuest, by: Archiver, atMs: number, base: string = backupId) => restoreTo(bench, of, by, base, atMs);
    const rows = async (of: TestGuest) => (await bench.ask(of, says.list('late'))).map(({ n }) => Number(n)).sort((a, b) => a - b);

    test('what was committed up to the moment is there, what came after it is not', async () => {
      await put(guest, 1);
      const atMs = await add(guest, 2);
      for (const n of [3, 4]) await put(guest, n);
      await archived(archiver, Date.now());
      const early = await restore(guest, archiver, atMs);
      expect(await rows(early)).toEqual([1, 2]);
      const { things, compared } = await early.engine.backup.check({ backupId, counts: null }, context());
      expect({ isThere: things > 0, compared }).toEqual({ isThere: true, compared: 0 });
      // It is an instance like any other: it takes writes, and begins an archive of its own beside the source’s.
      await put(early, 7);
      expect(await rows(early)).toEqual([1, 2, 7]);
      expect(await rows(guest)).toEqual([1, 2, 3, 4]);
    });

    test('an idle database is archived up to now, and restored to it', async () => {
      await put(guest, 8);
      await sleep(1000);
      const nowMs = Math.floor(Date.now() / grainMs) * grainMs;
      await archived(archiver, nowMs);
      expect(await rows(await restore(guest, archiver, nowMs))).toContain(8);
    });

    test('an agent that comes back goes on where the storage has it: no hole, no piece twice', async () => {
      await put(guest, 9);
      const spanId = newest(archiver)?.id;
      await archiver.close();
      await put(guest, 10);
      archiver = await archive(guest);
      const atMs = await add(guest, 11);
      await archived(archiver, atMs + 1);
      expect(newest(archiver)?.id).toBe(spanId);
      const ends = (await listPieces(guest, archiver)).map((file) => path.basename(file).split('-'));
      for (const [index, [from]] of ends.entries()) if (index > 0) expect(from).toBe(ends[index - 1]?.[1]);
      expect(await rows(await restore(guest, archiver, atMs))).toEqual([1, 2, 3, 4, 8, 9, 10, 11]);
    });

    test('the engine is stopped in order, killed, started again, and archived on', async () => {
      const beganMs = performance.now();
      await guest.engine.lifecycle.stop({}, context());
      expect(performance.now() - beganMs).toBeLessThan(20_000);
      await guest.engine.lifecycle.start({}, context());
      await put(guest, 12);
      const main = getMain(guest);
      signalProcess(main, 'SIGKILL');
      expect(await waitForEnd(main, 5000)).toBe(true);
      await guest.engine.lifecycle.start({}, context());
      await archived(archiver, Date.now());
      expect(archiver.facts()).toMatchObject({ state: 'on', error: null });
    });

    test('a storage that is away is said with the next step, and what was written meanwhile is there when it is back', async () => {
      const aside = await takeAway(guest);
      let meanwhileMs = 0;
      try {
        meanwhileMs = await add(guest, 13);
        const broken = await until(
          () => archiver.facts(),
          (facts) => facts?.state === 'broken',
        );
        expect(broken?.error).toMatchObject({ sentence: expect.stringMatching(/does not reach its storage/), next: expect.any(String) });
      } finally {
        await aside.giveBack();
      }
      // As whoever puts its credentials right tells it anew where it goes.
      await archiver.answers.configure({ archive: { ...wanted, abandonedSpanId: randomUUID() } }, context());
      const atMs = await add(guest, 14);
      await archived(archiver, atMs + 1);
      expect(archiver.facts()).toMatchObject({ state: 'on', error: null });
      const said = guest.events.map(({ code }) => code).filter((code) => /^archive-(broken|goes-on)$/.test(code));
      expect(said.slice(-2)).toEqual(['archive-broken', 'archive-goes-on']);
      expect((await rows(await restore(guest, archiver, atMs))).slice(-3)).toEqual([12, 13, 14]);
      expect((await rows(await restore(guest, archiver, meanwhileMs))).at(-1)).toBe(13);
    });

    test('so is one that is away while nobody writes, and that it is back', async () => {
      const state = (wanted: string) =>
        until(
          () => archiver.facts()?.state,
          (seen) => seen === wanted,
        );
      await archived(archiver, Date.now());
      const aside = await takeAway(guest);
      try {
        await state('broken');
      } finally {
        await aside.giveBack();
      }
      await state('on');
    });

    test('pieces that were changed or lost refuse the moments in them before the server starts, leave no folder, and spoil none before', async () => {
      const early = await add(guest, 15);
      await put(guest, 16);
      await archived(archiver, Date.now());
      const before = await listPieces(guest, archiver);
      const late = await add(guest, 17);
      await archived(archiver, late + 1);
      const lost = (await listPieces(guest, archiver)).filter((file) => !before.includes(file));
      const toAside = (file: string) => path.join(guest.identity.folder, path.basename(file));
      for (const file of lost) await rename(file, toAside(file));
      const copy = await bench.createGuest();
      const refuse = async (sentence: RegExp) => {
        const refused = copy.begin({ data: toPoint(guest, archiver, backupId, late) });
        await expect(refused).rejects.toMatchObject({ code: 'backup-damaged', message: expect.stringMatching(sentence) });
        expect((await readdir(copy.identity.folder)).filter((name) => /^data|making|replaying/.test(name))).toEqual([]);
      };
      try {
        await refuse(/ends at .* before the moment asked for: .* no longer in the storage. Choose a moment before that/);
        for (const file of lost) await writeFile(file, Buffer.alloc(500, 7));
        await refuse(/./);
        for (const file of lost) await rm(file);
        await copy.begin({ data: toPoint(guest, archiver, backupId, early) });
        expect((await rows(copy)).slice(-2)).toEqual([14, 15]);
      } finally {
        for (const file of lost) await rename(toAside(file), file);
      }
    });

    testArchiveLimit(bench, { archive, add, rows, restore });

    test('a span that was told to have lost pieces ends with that reason, and another begins from which any moment can be reached', async () => {
      const { id: abandonedSpanId = '', storedFrom = null, storedTo = null } = newest(archiver) ?? {};
      // After all that happened to agent, engine and storage it has lost nothing yet, and nothing may look as if it had.
      const pieces = toPieces((await listPieces(guest, archiver)).map((key) => ({ key, sizeBytes: 1 })));
      expect(pieces.length).toBeGreaterThan(5);
      expect(findLosses(pieces, { storedFrom, storedTo })).toEqual([]);
      expect(findLosses(pieces.slice(1), { storedFrom, storedTo })).toHaveLength(1);
      await archiver.answers.configure({ archive: { ...wanted, abandonedSpanId } }, context());
      await until(
        () => newest(archiver),
        (span) => span?.id !== abandonedSpanId && span?.endedAtMs === null,
      );
      expect(archiver.summarise()?.spans.at(-2)).toMatchObject({ id: abandonedSpanId, endReason: expect.stringMatching(/no longer in/) });
      const base = randomUUID();
      await makeBackup(guest, base);
      const atMs = await add(guest, 19);
      await archived(archiver, atMs + 1);
      expect((await rows(await restore(guest, archiver, atMs, base))).at(-1)).toBe(19);
    });

    test('turned off, the engine keeps nothing for it any more', async () => {
      await archiver.answers.configure({ archive: null }, context());
      await until(
        () => newest(archiver)?.endReason,
        (reason) => reason === 'Archiving was turned off.',
      );
      expect(archiver.facts()).toBeUndefined();
      await until(
        () => openArchiveFile(path.join(guest.identity.folder, 'journal')).get().reserved,
        (reserved) => !reserved,
      );
    });
  });
}

async function restoreTo(bench: TestBench, of: TestGuest, by: Archiver, backupId: string, atMs: number): Promise<TestGuest> {
  const copy = await bench.createGuest();
  await copy.begin({ data: toPoint(of, by, backupId, atMs) });
  return copy;
}

/** The files of every stored piece, in order. */
async function listPieces({ identity }: TestGuest, by: Archiver): Promise<string[]> {
  const folder = path.join(identity.backupFolder, 'archive', identity.instanceId, newest(by)?.id ?? '');
  const names = (await readdir(folder, { recursive: true })).filter((name) => /-\d+$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}
