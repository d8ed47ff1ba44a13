import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';
import { testObjectPrefix } from '#contract/resources/storage-target.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { createArchiveSweep } from './archive-sweep.ts';
import { testMisplacedBackups } from './misplaced-backups.testsuite.ts';
import { createOrphanSweep } from './orphan-sweep.ts';
import { settleRecovered } from './store/settle-recovered.ts';
import type { TestServer } from './test-server.testsuite.ts';
import { settleDeletion } from './workflows/delete-backup.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

const minuteMs = 60_000;

/** An instance of a project, and how it gets a backup or a span of an archive in the catalogue. */
type Swept = {
  server: TestServer;
  projectId: string;
  instanceId: string;
  token: string;
  nowMs: number;
  addBackup(startedAtMs: number): Promise<string>;
  archive(id: string, rest?: { fromMs: number; endedAtMs?: number }): Promise<void>;
};

/** Only what is over and ours goes. */
export function testOrphanSweep(get: () => Swept): void {
  testMisplacedBackups(get);
  describe('what backups left in storage', () => {
    let of: Swept;
    const hourMs = 60 * minuteMs;
    const sweptAtMs = () => Date.now() + 26 * hourMs;
    let folder: string;
    let storage: Storage;
    beforeEach(async () => {
      of = get();
      folder = await mkdtemp(path.join(tmpdir(), 'guestboard-orphans-'));
      storage = createLocalDirectory(folder);
      await mkdir(`${folder}-of-others/not-a-backup`, { recursive: true });
    });
    afterEach(() => Promise.all([folder, `${folder}-of-others`].map((one) => rm(one, { recursive: true, force: true }))));

    const sweep = async (nowMs = sweptAtMs(), broken = '') => {
      await of.server.store.database.prisma.storageSweep.updateMany({ data: { nextRunAt: new Date(0) } });
      const openStorage: WorkflowTools['openStorage'] = async (_address, asked) => {
        if (asked === broken) throw new GuestboardError('storage-error', 'The storage is away.');
        return asked === of.projectId ? storage : createLocalDirectory(`${folder}-of-others`);
      };
      await createOrphanSweep({ store: of.server.store, openStorage, log: pino({ level: 'silent' }) }).runDue(nowMs);
      return of.server.store.storageSweeps.describe();
    };
    const put = async (id: string, ...names: string[]) => {
      for (const name of names) await storage.put(`${id}/${name}`, Readable.from([Buffer.alloc(1000)]));
    };
    const mark = (id: string, whose: string, startedAtMs: number) =>
      storage.put(
        `${id}/begun.json`,
        Readable.from([Buffer.from(JSON.stringify({ backupId: id, projectId: whose, instanceId: of.instanceId, startedAtMs }))]),
      );
    const setState = (id: string, state: string) =>
      of.server.store.transact((tx) => of.server.store.backups.change(tx, id, { state, endedAt: new Date() }));
    const left = async () => (await storage.listFolders()).sort();

    test('goes when its backup failed, was cancelled or half deleted, and the instance and the figures say so', async () => {
      const [failed, cancelled, deleted, running, stored, told] = await Promise.all([1, 2, 3, 4, 5, 6].map(() => of.addBackup(of.nowMs)));
      for (const id of [failed, cancelled, deleted, running]) await put(id ?? '', 'base.tar');
      for (const id of [stored, told]) await put(id ?? '', 'base.tar', 'manifest.json');
      // Whatever the catalogue says of it, it can be restored.
      await setState(told ?? '', 'FAILED');
      await setState(failed ?? '', 'FAILED');
      await setState(cancelled ?? '', 'CANCELLED');
      await setState(deleted ?? '', 'DELETE_FAILED');
      await setState(running ?? '', 'SAVING');
      const ofTest = `${testObjectPrefix}${randomUUID()}`;
      await storage.put(ofTest, Readable.from([Buffer.alloc(1000)]));
      const before = (await of.server.store.storageSweeps.describe())?.removed ?? 0;
      // Somebody may still be writing just after the end.
      await sweep(Date.now() + minuteMs);
      expect(await left()).toHaveLength(6);
      expect(await storage.list(ofTest), 'nor is a test taken away from whoever waits for it').toHaveLength(1);
      expect(await sweep()).toMatchObject({ removed: before + 3, leftAlone: 0, unknown: 1, faults: [] });
      expect(await left()).toEqual([running, stored, told].sort());
      expect(await storage.list(ofTest)).toEqual([]);
      expect(await of.server.store.backups.findForControlPlane(deleted ?? '')).toBeNull();
      expect((await of.server.store.backups.findForControlPlane(failed ?? ''))?.state).toBe('FAILED');
      const events = (await (await of.server.send('GET', `/api/instances/${of.instanceId}/events`, { token: of.token })).json()) as {
        items: InstanceEvent[];
      };
      expect(events.items.map(({ sentence }) => sentence)).toEqual(
        expect.arrayContaining([expect.stringMatching(/did not end well was removed/), expect.stringMatching(/deletion .* finished/)]),
      );
    });

    test('a deletion that failed marks only what it may have begun to remove', async () => {
      const { store } = of.server;
      const actor = { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null };
      const instance = { id: of.instanceId, name: 'db' };
      const fail = async (given: { begun: boolean; stored: string[]; away?: boolean }) => {
        const [backupId, addedId] = [await of.addBackup(of.nowMs), await of.addBackup(of.nowMs)];
        await store.transact((tx) => store.backups.change(tx, addedId, { parentId: backupId, kind: 'incremental' }));
        await put(addedId, ...given.stored);
        const input = { backupId, withChain: true, confirmName: '' };
        const facts = await store.facts.load(of.projectId, null, actor, null, input);
        const operationId = await store.transact((tx) =>
          store.operations.open(tx, { name: 'delete-backup', input, facts, actor, instance }),
        );
        const execution = await store.executions.begin(operationId);
        if (execution !== null && given.begun) await store.executions.beginStep(execution, 'remove');
        const openStorage = async () => (given.away ? Promise.reject(new Error('It is away.')) : storage);
        await settleDeletion({ tools: { store, openStorage }, operationId, projectId: of.projectId, input }, 'Broken.');
        await store.executions.end(operationId, { state: 'cancelled' });
        const states = [addedId, backupId].map(async (id) => (await store.backups.findForControlPlane(id))?.state);
        return Promise.all(states);
      };
      const whole = ['base.tar', 'manifest.json'];
      const before = await fail({ begun: false, stored: ['base.tar'], away: true });
      expect(before).toEqual(['COMPLETED', 'COMPLETED']);
      expect(await fail({ begun: true, stored: whole })).toEqual(before);
      expect(await fail({ begun: true, stored: ['base.tar'] })).toEqual(['DELETE_FAILED', 'COMPLETED']);
      expect(await fail({ begun: true, stored: whole, away: true })).toEqual(['DELETE_FAILED', 'COMPLETED']);
    });

    test('of a backup that its guest may still be making it stays', async () => {
      const id = await of.addBackup(of.nowMs);
      await put(id, 'base.tar');
      await setState(id, 'FAILED');
      const command = {
        id: randomUUID(),
        instanceId: of.instanceId,
        name: 'backup.create',
        input: {},
        epoch: 1,
        deadlineAt: new Date(of.nowMs + hourMs),
      };
      await of.server.store.database.prisma.command.create({ data: { ...command, state: 'unknown' } });
      await sweep();
      expect(await left()).toEqual([id]);
      await of.server.store.database.prisma.command.update({ where: { id: command.id }, data: { state: 'failed' } });
      await sweep();
      expect(await left()).toEqual([]);
    });

    test('of backups no catalogue knows only our own goes, a day later; what has a manifest, or another owner, stays', async () => {
      const [own, young, other, unmarked, whole] = Array.from({ length: 5 }, () => randomUUID());
      for (const id of [own, young, other, unmarked]) await put(id ?? '', 'base.tar');
      await put(whole ?? '', 'base.tar', 'manifest.json');
      await put('not-a-backup', 'base.tar');
      await mark(own ?? '', of.projectId, of.nowMs);
      await mark(young ?? '', of.projectId, sweptAtMs() - hourMs);
      await mark(other ?? '', randomUUID(), of.nowMs);
      expect(await sweep()).toMatchObject({ leftAlone: 3, unknown: 1 });
      expect(await left()).toEqual([young, other, unmarked, whole, 'not-a-backup'].sort());
    });

    test('a storage that is away is named, and the others are swept all the same', async () => {
      const id = await of.addBackup(of.nowMs);
      await put(id, 'base.tar');
      await setState(id, 'FAILED');
      const away = await of.server.addProject(`away-${randomUUID().slice(0, 8)}`);
      const faults = [{ place: expect.stringContaining('away-'), sentence: 'The storage is away.' }];
      expect(await sweep(undefined, away)).toMatchObject({ faults });
      expect(await left()).toEqual([]);
    });

    test('files that killed puts left among the pieces of an archive go, the pieces stay', async () => {
      const id = randomUUID();
      await of.archive(id);
      const piece = `archive/${of.instanceId}/${id}/a/0-1-1`;
      await storage.put(piece, Readable.from([Buffer.alloc(100)]));
      await writeFile(path.join(folder, `${piece}.4a5b.partial`), 'half');
      await sweep();
      expect(await readdir(path.join(folder, `archive/${of.instanceId}/${id}/a`))).toEqual(['0-1-1']);
    });

    describe('of an archive, which nobody reported', () => {
      const log = pino({ level: 'silent' });
      const atMs = (minutes: number) => of.nowMs + minutes * minuteMs;
      const bothSweeps = async () => {
        const swept = await sweep();
        await createArchiveSweep({ store: of.server.store, openStorage: async () => storage, log })(true);
        return swept;
      };
      /** From one minute on, with a piece that reaches up to another. */
      const begin = async (from: number, to: number, said: Partial<SpanLabel> = {}, at = of.instanceId) => {
        const spanId = randomUUID();
        const { id: keyId } = await of.server.store.backupKeys.ensure(of.projectId);
        const whose = { instanceId: at, projectId: of.projectId, datastore: 'postgresql', version: '18', keyId };
        const begun = { fromMs: atMs(from), from: { group: 'a', position: '0' } };
        const label: SpanLabel = { format: 'guestboard-archive-1', spanId, ...whose, ...begun, ...said };
        const below = `archive/${at}/${spanId}`;
        await storage.put(`${below}/${SpanLabel.fileName}`, Readable.from([Buffer.from(JSON.stringify(label))]));
        await storage.put(`${below}/a/0-1-${atMs(to)}-${atMs(to)}`, Readable.from([Buffer.alloc(1000)]));
        for (const { key } of await storage.list(below)) await utimes(path.join(folder, key), atMs(to) / 1000, atMs(to) / 1000);
        return spanId;
      };
      const spans = async () => (await storage.listFolders(`archive/${of.instanceId}/`)).sort();
      const hear = () =>
        of.server.store.database.prisma.guest.update({ where: { instanceId: of.instanceId }, data: { seenAt: new Date() } });
      const putManifest = (id: string, instanceId = of.instanceId) =>
        storage.put(`${id}/manifest.json`, Readable.from([Buffer.from(JSON.stringify({ instanceId }))]));
      const window = () => of.server.store.archives.findWindow(of.projectId, of.instanceId);

      test('what no backup needs goes, what one needs can be restored from; nothing while a guest may still write it', async () => {
        const needless = await begin(-120, -100);
        const needed = await begin(-60, -10);
        await of.addBackup(atMs(-45));
        expect(await bothSweeps(), 'an agent that is silent may write them still').toMatchObject({ leftAlone: 2, faults: [] });
        await hear();
        expect(await bothSweeps(), 'so may one that was not heard to write another since').toMatchObject({ leftAlone: 2 });
        await of.archive(randomUUID(), { fromMs: atMs(-5) });
        const unknown = randomUUID();
        await putManifest(unknown, randomUUID());
        await putManifest(unknown);
        expect(await bothSweeps(), 'a backup that is in no catalogue may need them').toMatchObject({ leftAlone: 2, unknown: 1 });
        await storage.deleteFolder(`${unknown}/`);
        expect(await spans()).toEqual([needless, needed].sort());
        // On two servers at once, and once more.
        await Promise.all([bothSweeps(), bothSweeps()]);
        expect(await bothSweeps()).toMatchObject({ leftAlone: 0 });
        expect(await spans()).toEqual([needed]);
        const reason = expect.stringMatching(/never told/);
        const windows = [{ fromMs: atMs(-44), toMs: atMs(-10), isOpen: false }];
        expect(await window()).toMatchObject({ windows, gaps: [{ fromMs: atMs(-10), reason }] });
        expect(await of.server.store.archives.findSpan(of.instanceId, atMs(-44), atMs(-20))).toMatchObject({
          id: needed,
          storageTargetId: null,
          known: { position: '1' },
        });
        const { items } = await of.server.store.events.list(of.instanceId, { limit: 100 });
        expect(items.filter(({ code }) => code === 'archive-taken-up')).toHaveLength(2);
      });

      test('what was reported stays after a recovery, while a backup of after the save may need it', async () => {
        const { database, storageSweeps } = of.server.store;
        const [ended, growing] = [await begin(-300, -200), await begin(-180, -1)];
        await of.archive(ended, { fromMs: atMs(-300), endedAtMs: atMs(-190) });
        await of.archive(growing, { fromMs: atMs(-180) });
        for (const group of [0, 1])
          await storage.put(`archive/${of.instanceId}/${growing}/${group}/0-1-0-${atMs(group - 170)}`, Readable.from([Buffer.alloc(9)]));
        const pieces = async () => (await storage.list(`archive/${of.instanceId}/`)).length;
        const thin = () => createArchiveSweep({ store: of.server.store, openStorage: async () => storage, log })(true);
        const before = await pieces();
        const unknown = randomUUID();
        await putManifest(unknown);
        await settleRecovered(database.pool, of.nowMs);
        await thin();
        expect(await pieces(), 'nobody has looked for such a backup yet').toBe(before);
        await sweep(undefined, of.projectId);
        await thin();
        expect(await pieces(), 'nobody could').toBe(before);
        expect(await sweep()).toMatchObject({ unknown: 1 });
        await thin();
        expect(await pieces(), 'there is one').toBe(before);
        await sweep(undefined, of.projectId);
        expect((await storageSweeps.findUnknownOf())?.[`${of.projectId}/local`]).toEqual([of.instanceId]);
        await storage.deleteFolder(`${unknown}/`);
        await sweep();
        await thin();
        expect(await spans(), 'there is none').toEqual([growing]);
        expect(await pieces()).toBe(before - 3);
      });

      test('of an instance that is deleted it goes; what is young, or not surely ours, stays', async () => {
        await of.server.store.database.prisma.instance.update({ where: { id: of.instanceId }, data: { deletedAt: new Date() } });
        const cutOff = `archive/${of.instanceId}/${randomUUID()}`;
        await storage.put(`${cutOff}/other`, Readable.from([]));
        await writeFile(path.join(folder, `${cutOff}/span.json.4a5b.partial`), 'half');
        await storage.delete(`${cutOff}/other`);
        const young = (sweptAtMs() - of.nowMs) / minuteMs - 60;
        await begin(-60, -10);
        const kept = [
          await begin(-60, young),
          await begin(young, -10),
          await begin(-60, -10, { spanId: randomUUID() }),
          await begin(-60, -10, { instanceId: randomUUID() }),
          await begin(-60, -10, { projectId: randomUUID() }),
          await begin(-60, -10, { keyId: randomUUID() }),
          await begin(-60, -10, { from: { group: 'a', position: '\0' } }),
        ];
        const stranger = await begin(-60, -10, {}, randomUUID());
        expect(await bothSweeps()).toMatchObject({ leftAlone: kept.length + 1, faults: [] });
        expect(await spans()).toEqual(kept.sort());
        expect((await storage.list('archive/')).filter(({ key }) => key.includes(stranger))).toHaveLength(2);
      });
    });
  });
}
