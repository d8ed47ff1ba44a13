import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { getDatastore } from '#contract/datastores/index.ts';
import { testBackupFaults } from './engine-backup-faults.testsuite.ts';
import { look, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

export const key = { id: 'aa9f2d0e-5b8e-4b5c-8a39-54a0c5b2dfff', password: randomBytes(32).toString('base64') };
const addedId = '3d9f2d0e-5b8e-4b5c-8a39-54a0c5b2d333';
const storage = { kind: 'local-directory' as const };

export function toStored(backupId: string, keys = [key]) {
  return { kind: 'backup' as const, backupId, storage, keys, unsigned: [] };
}

export function makeBackup(guest: TestGuest, backupId: string, told = context(), parentId: string | null = null) {
  const parent = parentId === null ? null : { backupId: parentId, unsigned: [] };
  return guest.engine.backup.create({ backupId, storage, key, parent }, told);
}

/** A stored copy is whole or absent, and a damaged one is never used. */
export function testBackup(bench: TestBench): void {
  const { says, manyRows } = bench.subject;
  describe('backup', () => {
    const backupId = '0b9f2d0e-5b8e-4b5c-8a39-54a0c5b2d111';
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, manyRows.make);
      await bench.ask(guest, says.make('late'));
    });
    const folder = () => path.join(guest.identity.backupFolder, backupId);

    test('a full backup while writes go on: manifest last, checksums right, progress told', async () => {
      const told = context();
      const [{ manifest }] = await Promise.all([makeBackup(guest, backupId, told), bench.ask(guest, says.add('late', 1))]);
      expect(told.steps.at(-1)?.done).toBeGreaterThan(manyRows.bytes);
      // Where a total is told beforehand, most of it comes: what the log held may be in the files before it is copied.
      const total = told.steps.find((step) => step.total !== null)?.total ?? null;
      if (total !== null) expect((told.steps.at(-1)?.done ?? 0) / total).toBeGreaterThan(0.8);
      expect(manifest).toMatchObject({
        backupId,
        kind: 'full',
        datastore: bench.subject.datastore,
        version: bench.subject.version,
        instanceId: guest.identity.instanceId,
      });
      for (const part of manifest.parts) {
        const bytes = await readFile(path.join(folder(), part.name));
        expect({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({
          size: part.sizeBytes,
          sha256: part.sha256,
        });
      }
      expect(JSON.parse(await readFile(path.join(folder(), 'manifest.json'), 'utf8'))).toEqual(manifest);
      expect(await makeBackup(guest, backupId)).toEqual({ manifest });
    });

    test('restored to a new instance: the same rows and logins, another life', async () => {
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(backupId) });
      expect(await bench.ask(copy, manyRows.count)).toEqual(await bench.ask(guest, manyRows.count));
      await bench.ask(copy, says.add('late', 7));
      expect(await bench.ask(guest, says.list('late'))).toEqual([{ n: 1 }]);
      expect(
        await until(
          () => look(copy),
          ({ acceptsLogins }) => acceptsLogins,
        ),
      ).toMatchObject({ role: 'standalone', acceptsWrites: true });
    });

    test.each([
      ['flipped', (bytes: Buffer) => bytes.fill(bytes[bytes.length >> 1] === 1 ? 2 : 1, bytes.length >> 1, (bytes.length >> 1) + 1)],
      ['flipped in the last bytes', (bytes: Buffer) => bytes.fill(0x55, bytes.length - 6)],
      ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1000)],
    ])('a part whose bytes were %s is refused and leaves no data folder', async (_how, damage) => {
      const [part] = readdirSync(folder()).filter((name) => name !== 'manifest.json');
      const file = path.join(folder(), part ?? '');
      await rename(file, `${file}.whole`);
      await writeFile(file, damage(await readFile(`${file}.whole`)));
      try {
        const copy = await bench.createGuest();
        await expect(copy.initialise({ data: toStored(backupId) })).rejects.toMatchObject({ code: 'backup-damaged' });
        expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual([]);
      } finally {
        await rename(`${file}.whole`, file);
      }
    });

    test('a cancelled backup leaves nothing, the server goes on', async () => {
      const cancelledId = '1c9f2d0e-5b8e-4b5c-8a39-54a0c5b2d222';
      const cancel = new AbortController();
      const told = { ...context(cancel.signal), progress: () => cancel.abort(new Error('cancelled')) };
      await expect(makeBackup(guest, cancelledId, told)).rejects.toThrow('cancelled');
      expect(existsSync(path.join(guest.identity.backupFolder, cancelledId))).toBe(false);
      expect(await bench.ask(guest, says.list('late'))).toEqual([{ n: 1 }]);
    });

    test('an incremental backup holds what changed since, and is restored with what it builds on', async () => {
      if (!getDatastore(bench.subject.datastore).incrementalBackups) {
        await expect(makeBackup(guest, addedId, context(), backupId)).rejects.toMatchObject({ code: 'not-implemented' });
        return;
      }
      await bench.ask(guest, says.add('late', 2));
      const { manifest } = await makeBackup(guest, addedId, context(), backupId);
      expect(manifest).toMatchObject({ kind: 'incremental', parentId: backupId });
      await bench.ask(guest, says.add('late', 3));
      const twiceId = '4e9f2d0e-5b8e-4b5c-8a39-54a0c5b2d444';
      const added = await makeBackup(guest, twiceId, context(), addedId);
      // Not by how much: pages that reached the disk since the last checkpoint, and the log since then, come along.
      expect(added.manifest.sourceBytes).toBeLessThan((await makeBackup(guest, backupId)).manifest.sourceBytes * 0.9);
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(twiceId) });
      expect((await bench.ask(copy, says.list('late'))).map(({ n }) => n)).toEqual([1, 2, 3]);
      expect(await bench.ask(copy, manyRows.count)).toEqual(await bench.ask(guest, manyRows.count));
      await rm(path.join(guest.identity.backupFolder, addedId, 'manifest.json'));
      const other = await bench.createGuest();
      await expect(other.initialise({ data: toStored(twiceId) })).rejects.toMatchObject({ code: 'backup-damaged' });
      const orphanId = '5f9f2d0e-5b8e-4b5c-8a39-54a0c5b2d555';
      await expect(makeBackup(guest, orphanId, context(), addedId)).rejects.toMatchObject({ code: 'not-found' });
      expect(existsSync(path.join(guest.identity.backupFolder, orphanId))).toBe(false);
    });

    test('a limited backup takes as long as its limit says, and one that is lifted meanwhile goes on at full speed', async () => {
      const limit = (bytesPerSecond: number | null) => guest.engine.backup.limit({ bytesPerSecond }, context());
      const { sourceBytes } = (await makeBackup(guest, backupId)).manifest;
      const timed = async (id: string, told = context()) => {
        const began = performance.now();
        const { manifest } = await makeBackup(guest, id, told);
        return { seconds: (performance.now() - began) / 1000, manifest };
      };
      try {
        await limit(Math.round(sourceBytes / 2));
        const limited = await timed('6a9f2d0e-5b8e-4b5c-8a39-54a0c5b2d666');
        const least = limited.manifest.sourceBytes / (sourceBytes / 2);
        expect(limited.seconds).toBeGreaterThan(least * 0.85);
        expect(limited.seconds).toBeLessThan(least * 8);
        await limit(Math.round(sourceBytes / 60));
        setTimeout(() => void limit(null), 500);
        expect((await timed('7b9f2d0e-5b8e-4b5c-8a39-54a0c5b2d777')).seconds).toBeLessThan(20);
      } finally {
        await limit(null);
      }
    });

    test('a copy that was restored for proof: nobody reaches it, the engine’s checks pass, and what is missing is seen', async () => {
      const { manifest } = await makeBackup(guest, backupId);
      expect(manifest.counts?.each.length).toBeGreaterThan(0);
      expect(JSON.stringify(manifest)).not.toContain('late');
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(backupId), allowedCidrs: [] });
      if (bench.subject.refusesNetworks) await expect(bench.ask(copy, says.list('late'))).rejects.toThrow();
      const check = (counts = manifest.counts) => copy.engine.backup.check({ backupId, counts }, context());
      const found = await check();
      expect(found).toMatchObject({ differences: [], compared: manifest.counts?.each.length });
      expect(found.things).toBeGreaterThan(0);
      expect(found.checks.length).toBeGreaterThan(0);
      const more = manifest.counts?.each.map((one) => ({ ...one, before: one.after + 1, after: one.after + 1, quiet: true })) ?? [];
      const counts = manifest.counts && { ...manifest.counts, each: more };
      await expect(check(counts)).rejects.toMatchObject({ code: 'backup-damaged', message: expect.stringMatching(/it had/) });
    });

    test('restored in place: the database goes on until the data is exchanged, and the old data comes back when asked for', async () => {
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(backupId) });
      const { lifecycle, backup } = copy.engine;
      const rows = async () => (await bench.ask(copy, says.list('late'))).map(({ n }) => n);
      const earlier = await rows();
      await bench.ask(copy, says.add('late', 8));
      const restart = async (change: () => Promise<unknown>) => {
        await lifecycle.stop({}, context());
        await change();
        await lifecycle.start({}, context());
      };
      await expect(backup.exchange({ purpose: 'one' }, context())).rejects.toMatchObject({ code: 'refused' });
      const { kind: _, ...stored } = toStored(backupId);
      const fetch = (purpose: string) => backup.fetch({ purpose, ...stored }, context());
      await fetch('one');
      await bench.ask(copy, says.add('late', 9));
      await expect(backup.exchange({ purpose: 'one' }, context())).rejects.toMatchObject({ code: 'refused' });
      await restart(async () => {
        await backup.exchange({ purpose: 'one' }, context());
        await backup.settle({ purpose: 'one', keep: 'old' }, context());
      });
      expect(await rows()).toEqual([...earlier, 8, 9]);
      const canAdd = getDatastore(bench.subject.datastore).incrementalBackups === true;
      const ownId = '8c9f2d0e-5b8e-4b5c-8a39-54a0c5b2d888';
      if (canAdd) await makeBackup(copy, ownId);
      await fetch('two');
      await restart(async () => {
        // Cut off between two steps, each is asked for again.
        for (const _twice of [1, 2]) await backup.exchange({ purpose: 'two' }, context());
      });
      for (const _twice of [1, 2]) await backup.settle({ purpose: 'two', keep: 'new' }, context());
      expect(await rows()).toEqual(earlier);
      expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual(['data']);
      // What changed since then cannot be told of data that came from elsewhere.
      const added = () => makeBackup(copy, '9d9f2d0e-5b8e-4b5c-8a39-54a0c5b2d999', context(), ownId);
      if (canAdd) await expect(added()).rejects.toMatchObject({ code: 'refused' });
    });

    testBackupFaults(bench, { guest: () => guest, stored: toStored(backupId), makeBackup });

    test('with another key nothing is restored, nor with the manifest of another backup', async () => {
      const copy = await bench.createGuest();
      const other = { ...key, password: randomBytes(32).toString('base64') };
      for (const keys of [[other], []])
        await expect(copy.initialise({ data: toStored(backupId, keys) })).rejects.toMatchObject({ code: 'backup-damaged' });
      expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual([]);
    });

    test('where a part or the manifest is missing nothing is restored', async () => {
      const copy = await bench.createGuest();
      const [part] = readdirSync(folder()).filter((name) => name !== 'manifest.json');
      const [stored, away] = [path.join(folder(), part ?? ''), path.join(folder(), '..', 'away')];
      await rename(stored, away);
      await expect(copy.initialise({ data: toStored(backupId) })).rejects.toMatchObject({ code: 'backup-damaged' });
      await rename(away, stored);
      await rm(path.join(folder(), 'manifest.json'));
      await expect(copy.initialise({ data: toStored(backupId) })).rejects.toMatchObject({ code: 'backup-damaged' });
    });
  });
}
