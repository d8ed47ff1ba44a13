import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { createHeld } from './held-archives.ts';
import { createOrphanSweep } from './orphan-sweep.ts';
import type { TestServer } from './test-server.testsuite.ts';

type Whose = { server: TestServer; projectId: string; instanceId: string; nowMs: number; addBackup(startedAtMs: number): Promise<string> };

const emptySentence = expect.stringMatching(/holds nothing at all, as one that is not mounted does/);

/** What somebody copied by hand into another project's folder is neither that project's nor what became of the original. */
export function testMisplacedBackups(get: () => Whose): void {
  describe('backups that are not where they should be', () => {
    let of: Whose;
    let folder: string;
    let [own, others]: Storage[] = [];
    let otherId: string;
    beforeEach(async () => {
      of = get();
      folder = await mkdtemp(path.join(tmpdir(), 'guestboard-misplaced-'));
      otherId = await of.server.addProject(`other-${randomUUID().slice(0, 8)}`);
      for (const id of [of.projectId, otherId]) await mkdir(path.join(folder, id));
      [own, others] = [of.projectId, otherId].map((id) => createLocalDirectory(path.join(folder, id)));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const sweep = async () => {
      const { store } = of.server;
      await store.database.prisma.storageSweep.updateMany({ data: { nextRunAt: new Date(0) } });
      const openStorage = async (_address: unknown, asked: string) => createLocalDirectory(path.join(folder, asked));
      await createOrphanSweep({ store, openStorage, log: pino({ level: 'silent' }) }).runDue(Date.now() + 26 * 3_600_000);
      return store.storageSweeps.describe();
    };
    const put = async (storage: Storage | undefined, ...keys: string[]) => {
      const bytes = Buffer.from(JSON.stringify({ instanceId: of.instanceId }));
      for (const key of keys) await storage?.put(key, Readable.from([bytes]));
    };

    test('in another project’s place are left alone: that a copy of it has no manifest finishes no deletion', async () => {
      const { store } = of.server;
      const [cutOff, failed] = [await of.addBackup(of.nowMs), await of.addBackup(of.nowMs)];
      for (const [id, state] of [
        [cutOff, 'DELETE_FAILED'],
        [failed, 'FAILED'],
      ] as const)
        await store.transact((tx) => store.backups.change(tx, id, { state, endedAt: new Date() }));
      await put(own, `${cutOff}/base.tar`, `${cutOff}/manifest.json`, `${failed}/base.tar`);
      await put(others, `${cutOff}/base.tar`, `${failed}/base.tar`);
      expect(await sweep()).toMatchObject({ leftAlone: 2 });
      expect(await own?.listFolders(), 'where it belongs what failed goes').toEqual([cutOff]);
      expect(await others?.listFolders()).toEqual([cutOff, failed].sort());
      expect((await store.backups.findForControlPlane(cutOff))?.state).toBe('DELETE_FAILED');
    });

    test('in another project’s place hold nobody else’s archives and retention', async () => {
      const isHeld = async () => createHeld(await of.server.store.storageSweeps.findUnknownOf())(of);
      await put(others, `${randomUUID()}/manifest.json`);
      expect(await sweep()).toMatchObject({ unknown: 1 });
      expect(await isHeld()).toBe(false);
      await put(own, `${randomUUID()}/manifest.json`);
      await sweep();
      expect(await isHeld()).toBe(true);
    });

    test('and a place that shows none of them was not looked into: what is held for what may lie there stays so', async () => {
      const { store } = of.server;
      const id = await of.addBackup(of.nowMs);
      await sweep();
      await store.database.pool.query('update storage_sweep set "unknownOf" = null');
      const isHeld = async () => createHeld(await store.storageSweeps.findUnknownOf())(of);
      expect(await sweep()).toMatchObject({ faults: expect.arrayContaining([{ place: expect.any(String), sentence: emptySentence }]) });
      expect(await isHeld()).toBe(true);
      await put(own, `${id}/manifest.json`);
      await sweep();
      expect(await isHeld()).toBe(false);
    });
  });
}
