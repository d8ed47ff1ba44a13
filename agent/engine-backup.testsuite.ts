import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { look, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

/** A stored copy is whole or absent, and a damaged one is never used. */
export function testBackup(bench: TestBench): void {
  describe('backup', () => {
    const backupId = '0b9f2d0e-5b8e-4b5c-8a39-54a0c5b2d111';
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, 'CREATE TABLE kept AS SELECT n, md5(n::text) AS text FROM generate_series(1, 200000) n');
    });
    const folder = () => path.join(guest.identity.backupFolder, backupId);

    test('a full backup while writes go on: manifest last, checksums right, progress told', async () => {
      const told = context();
      const [{ manifest }] = await Promise.all([
        guest.engine.backup.create({ backupId, name: 'first' }, told),
        bench.ask(guest, "INSERT INTO kept SELECT n, 'late' FROM generate_series(200001, 200100) n"),
      ]);
      expect(told.steps.at(-1)?.done).toBeGreaterThan(20_000_000);
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
      expect(await guest.engine.backup.create({ backupId, name: 'first' }, context())).toEqual({ manifest });
    });

    test('restored to a new instance: the same rows and logins, another life', async () => {
      const copy = await bench.createGuest();
      await copy.begin({ data: { kind: 'backup', backupId } });
      expect((await bench.ask(copy, 'SELECT count(*)::int AS n FROM kept WHERE n <= 200000'))[0]?.n).toBe(200_000);
      await bench.ask(copy, 'INSERT INTO kept VALUES (0)');
      expect((await bench.ask(guest, 'SELECT count(*)::int AS n FROM kept WHERE n = 0'))[0]?.n).toBe(0);
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
        await expect(copy.initialise({ data: { kind: 'backup', backupId } })).rejects.toMatchObject({ code: 'backup-damaged' });
        expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual([]);
      } finally {
        await rename(`${file}.whole`, file);
      }
    });

    test('a cancelled backup leaves nothing, the server goes on', async () => {
      const cancelledId = '1c9f2d0e-5b8e-4b5c-8a39-54a0c5b2d222';
      const cancel = new AbortController();
      const told = { signal: cancel.signal, progress: () => cancel.abort(new Error('cancelled')) };
      await expect(guest.engine.backup.create({ backupId: cancelledId, name: 'second' }, told)).rejects.toThrow('cancelled');
      expect(existsSync(path.join(guest.identity.backupFolder, cancelledId))).toBe(false);
      expect((await bench.ask(guest, 'SELECT count(*)::int AS n FROM kept'))[0]?.n).toBe(200_100);
    });

    test('removed it cannot be restored; removing twice is fine', async () => {
      await guest.engine.backup.remove({ backupId }, context());
      await guest.engine.backup.remove({ backupId }, context());
      expect(existsSync(folder())).toBe(false);
      const copy = await bench.createGuest();
      await expect(copy.initialise({ data: { kind: 'backup', backupId } })).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}
