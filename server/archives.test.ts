import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OperationPlan } from '#contract/endpoints/endpoint.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { sweepArchives } from './archive-sweep.ts';
import { createOrphanSweep } from './orphan-sweep.ts';
import type { ArchiveReport } from './store/archives.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

const minuteMs = 60_000;
let server: TestServer;
let projectId: string;
let instanceId: string;
let token: string;
let nowMs: number;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  const stem = randomUUID().slice(0, 8);
  projectId = await server.addProject(`p-${stem}`);
  instanceId = await server.addInstance(projectId, `db-${stem}`);
  token = (await server.addPerson(`member-${stem}`, { [projectId]: 'member' })).token;
  nowMs = Date.now();
  await server.store.transact((tx) => server.store.archives.begin(tx, { instanceId, projectId, storageTargetId: null }));
});

test('what the agent says again and again is one span, whose end moves on', async () => {
  const id = randomUUID();
  await report([span({ id, toMs: nowMs - 50 * minuteMs, storedBytes: 10 })]);
  await report([span({ id, toMs: nowMs - 1000, storedBytes: 1000 })]);
  await report([span({ id, toMs: nowMs - 40 * minuteMs, storedBytes: 500 })]);
  await addBackup(nowMs - 45 * minuteMs);
  const window = await look();
  expect(window).toMatchObject({ wanted: 'on', storedBytes: 1000, archivedToMs: nowMs - 1000, gaps: [] });
  expect(window.windows).toMatchObject([{ fromMs: nowMs - 44 * minuteMs, toMs: nowMs - 1000, isOpen: true }]);
});

test('a span that ended leaves a gap with its reason, and a moment in it is refused before anything changes', async () => {
  await report([
    span({ toMs: nowMs - 30 * minuteMs, endedAtMs: nowMs - 29 * minuteMs, endReason: 'The storage was away for too long.' }),
    span({ fromMs: nowMs - 20 * minuteMs, toMs: nowMs }),
  ]);
  const old = await addBackup(nowMs - 50 * minuteMs);
  await addBackup(nowMs - 15 * minuteMs);
  expect((await look()).gaps).toEqual([
    { fromMs: nowMs - 30 * minuteMs, toMs: nowMs - 14 * minuteMs, reason: 'The storage was away for too long.' },
  ]);
  expect(await plan({ atMs: nowMs - 40 * minuteMs })).toMatchObject({ refusal: null, restore: { backupId: old, baseBytes: 100 } });
  expect(await plan({ atMs: nowMs - 25 * minuteMs })).toMatchObject({
    field: 'from.atMs',
    refusal: expect.stringMatching(/gap .*too long/),
  });
  expect(await plan({ atMs: nowMs + minuteMs })).toMatchObject({ field: 'from.atMs', refusal: expect.stringMatching(/after the last/) });
  expect(await plan({ atMs: nowMs - minuteMs, flavorId: 'gb.512m' })).toMatchObject({ field: 'flavorId' });
  expect(await plan({ atMs: nowMs - minuteMs, version: '15' })).toMatchObject({ field: 'version' });
  const refused = await create({ atMs: nowMs - 25 * minuteMs }, false);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: 'refused', field: 'from.atMs' });
  expect(await server.store.instances.listOfProject(projectId)).toHaveLength(1);
});

test('a backup that adds to another is a base together with it, and the archive is kept from it on', async () => {
  const id = randomUUID();
  await report([span({ id, endedAtMs: nowMs, endReason: 'Archiving was turned off.' })]);
  const full = await addBackup(nowMs - 80 * minuteMs);
  const added = await addBackup(nowMs - 45 * minuteMs, { kind: 'incremental', parentId: full });
  expect((await look()).windows).toMatchObject([{ fromMs: nowMs - 44 * minuteMs }]);
  expect(await plan({ atMs: nowMs - 40 * minuteMs })).toMatchObject({ refusal: null, restore: { backupId: added, baseBytes: 200 } });
  const needs = await server.store.archives.listNeeds();
  expect(needs.find((one) => one.id === id)?.neededFromMs).toBe(nowMs - 45 * minuteMs);
});

test('a project restores to no moment of another’s', async () => {
  await report([span({})]);
  await addBackup(nowMs - 45 * minuteMs);
  const otherProject = await server.addProject(`other-${randomUUID().slice(0, 8)}`);
  const other = await server.addPerson(`other-${randomUUID().slice(0, 8)}`, { [otherProject]: 'admin' });
  const path = `/api/instances/${instanceId}/restore-window`;
  expect((await server.send('GET', path, { token: other.token })).status).toBe(404);
  const input = {
    name: 'stolen',
    datastore: 'postgresql',
    version: '18',
    from: { kind: 'point-in-time', instanceId, atMs: nowMs - minuteMs },
  };
  const body = { projectId: otherProject, input, dryRun: true };
  const answer = await server.send('POST', '/api/instances', { token: other.token, body });
  expect(await answer.json()).toMatchObject({ field: 'from.instanceId', refusal: expect.stringMatching(/does not exist in this project/) });
});

test('only a project admin turns an archive off, and what is stored can be restored still', async () => {
  await report([span({})]);
  await addBackup(nowMs - 45 * minuteMs);
  const path = `/api/instances/${instanceId}/archiving`;
  expect((await server.send('PUT', path, { token, body: { enabled: false } })).status).toBe(403);
  await server.store.transact((tx) => server.store.archives.setWanted(tx, { instanceId, projectId, wanted: false, storageTargetId: null }));
  expect(await look()).toMatchObject({ wanted: 'off', error: null, windows: [{ toMs: nowMs }] });
});

test('pieces go with the backup that needs them: the older ones first, the span with its last', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-sweep-'));
  const storage = createLocalDirectory(folder);
  const sweep = (isThorough: boolean) =>
    sweepArchives({ store: server.store, openStorage: async () => storage, log: pino({ level: 'silent' }), isThorough });
  const left = async () => (await storage.list(`archive/${instanceId}/`)).map(({ key }) => key.split('/').slice(3).join('/'));
  try {
    const id = randomUUID();
    await report([span({ id, storedBytes: 4000, endedAtMs: nowMs, endReason: 'Archiving was turned off.' })]);
    const first = await addBackup(nowMs - 55 * minuteMs);
    const second = await addBackup(nowMs - 10 * minuteMs);
    for (const [group, ageMinutes] of [
      ['a', 56],
      ['b', 30],
      ['c', 20],
      ['d', 9],
      ['e', 1],
    ] as const)
      await storage.put(`archive/${instanceId}/${id}/${group}/0-1-${nowMs - ageMinutes * minuteMs}`, Readable.from([Buffer.alloc(100)]));
    await sweep(true);
    expect(await left()).toHaveLength(5);
    await server.store.transact((tx) => server.store.backups.remove(tx, first));
    await sweep(true);
    expect((await left()).map((key) => key[0])).toEqual(['c', 'd', 'e']);
    expect((await look()).storedBytes).toBe(3800);
    await server.store.transact((tx) => server.store.backups.remove(tx, second));
    await sweep(false);
    expect(await left()).toEqual([]);
    expect(await look()).toMatchObject({ windows: [], storedBytes: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe('what backups left in storage', () => {
  const hourMs = 60 * minuteMs;
  const sweptAtMs = () => Date.now() + 26 * hourMs;
  let folder: string;
  let storage: Storage;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guestboard-orphans-'));
    storage = createLocalDirectory(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sweep = async (nowMs = sweptAtMs(), broken = '') => {
    await server.store.database.prisma.storageSweep.updateMany({ data: { nextRunAt: new Date(0) } });
    const openStorage: WorkflowTools['openStorage'] = async (_address, asked) => {
      if (asked === broken) throw new GuestboardError('storage-error', 'The storage is away.');
      return asked === projectId ? storage : createLocalDirectory(path.join(folder, 'of-others'));
    };
    await createOrphanSweep({ store: server.store, openStorage, log: pino({ level: 'silent' }) }).runDue(nowMs);
    return server.store.storageSweeps.describe();
  };
  const put = async (id: string, ...names: string[]) => {
    for (const name of names) await storage.put(`${id}/${name}`, Readable.from([Buffer.alloc(1000)]));
  };
  const mark = (id: string, whose: string, startedAtMs: number) =>
    storage.put(
      `${id}/begun.json`,
      Readable.from([Buffer.from(JSON.stringify({ backupId: id, projectId: whose, instanceId, startedAtMs }))]),
    );
  const setState = (id: string, state: string) =>
    server.store.transact((tx) => server.store.backups.change(tx, id, { state, endedAt: new Date() }));
  const left = async () => (await storage.listFolders()).sort();

  test('goes when its backup failed, was cancelled or half deleted, and the instance and the figures say so', async () => {
    const [failed, cancelled, deleted, running, stored, told] = await Promise.all([1, 2, 3, 4, 5, 6].map(() => addBackup(nowMs)));
    for (const id of [failed, cancelled, deleted, running]) await put(id ?? '', 'base.tar');
    for (const id of [stored, told]) await put(id ?? '', 'base.tar', 'manifest.json');
    // Whatever the catalogue says of it, it can be restored.
    await setState(told ?? '', 'FAILED');
    await setState(failed ?? '', 'FAILED');
    await setState(cancelled ?? '', 'CANCELLED');
    await setState(deleted ?? '', 'DELETE_FAILED');
    await setState(running ?? '', 'SAVING');
    const before = (await server.store.storageSweeps.describe())?.removed ?? 0;
    // Somebody may still be writing just after the end.
    await sweep(Date.now() + minuteMs);
    expect(await left()).toHaveLength(6);
    expect(await sweep()).toMatchObject({ removed: before + 3, leftAlone: 0, unknown: 0, faults: [] });
    expect(await left()).toEqual([running, stored, told].sort());
    expect(await server.store.backups.findForControlPlane(deleted ?? '')).toBeNull();
    expect((await server.store.backups.findForControlPlane(failed ?? ''))?.state).toBe('FAILED');
    const events = (await (await server.send('GET', `/api/instances/${instanceId}/events`, { token })).json()) as {
      items: InstanceEvent[];
    };
    expect(events.items.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([expect.stringMatching(/did not end well was removed/), expect.stringMatching(/deletion .* finished/)]),
    );
  });

  test('of a backup that its guest may still be making it stays', async () => {
    const id = await addBackup(nowMs);
    await put(id, 'base.tar');
    await setState(id, 'FAILED');
    const command = { id: randomUUID(), instanceId, name: 'backup.create', input: {}, epoch: 1, deadlineAt: new Date(nowMs + hourMs) };
    await server.store.database.prisma.command.create({ data: { ...command, state: 'unknown' } });
    await sweep();
    expect(await left()).toEqual([id]);
    await server.store.database.prisma.command.update({ where: { id: command.id }, data: { state: 'failed' } });
    await sweep();
    expect(await left()).toEqual([]);
  });

  test('of backups no catalogue knows only our own goes, a day later; what has a manifest, or another owner, stays', async () => {
    const [own, young, other, unmarked, whole] = Array.from({ length: 5 }, () => randomUUID());
    for (const id of [own, young, other, unmarked]) await put(id ?? '', 'base.tar');
    await put(whole ?? '', 'base.tar', 'manifest.json');
    await put('not-a-backup', 'base.tar');
    await mark(own ?? '', projectId, nowMs);
    await mark(young ?? '', projectId, sweptAtMs() - hourMs);
    await mark(other ?? '', randomUUID(), nowMs);
    expect(await sweep()).toMatchObject({ leftAlone: 3, unknown: 1 });
    expect(await left()).toEqual([young, other, unmarked, whole, 'not-a-backup'].sort());
  });

  test('a storage that is away is named, and the others are swept all the same', async () => {
    const id = await addBackup(nowMs);
    await put(id, 'base.tar');
    await setState(id, 'FAILED');
    const away = await server.addProject(`away-${randomUUID().slice(0, 8)}`);
    const faults = [{ place: expect.stringContaining('away-'), sentence: 'The storage is away.' }];
    expect(await sweep(undefined, away)).toMatchObject({ faults });
    expect(await left()).toEqual([]);
  });

  test('files that killed puts left among the pieces of an archive go, the pieces stay', async () => {
    const id = randomUUID();
    await report([span({ id })]);
    const piece = `archive/${instanceId}/${id}/a/0-1-1`;
    await storage.put(piece, Readable.from([Buffer.alloc(100)]));
    await writeFile(path.join(folder, `${piece}.4a5b.partial`), 'half');
    await sweep();
    expect(await readdir(path.join(folder, `archive/${instanceId}/${id}/a`))).toEqual(['0-1-1']);
  });
});

function span(rest: Partial<ArchiveReport['spans'][number]>): ArchiveReport['spans'][number] {
  const times = { fromMs: nowMs - 60 * minuteMs, toMs: nowMs, endedAtMs: null, endReason: null };
  return { id: randomUUID(), keyId: randomUUID(), storageTargetId: null, ...times, storedBytes: 100, ...rest };
}

async function report(spans: ArchiveReport['spans']): Promise<void> {
  const said = { type: 'archive' as const, state: 'on' as const, error: null, keptBytes: 5, keptLimitBytes: 50, spans };
  await server.store.archives.record([{ instanceId, report: said }]);
}

async function addBackup(startedAtMs: number, rest: { kind?: string; parentId?: string } = {}): Promise<string> {
  const id = randomUUID();
  const whose = { projectId, instanceId, instanceName: 'db', datastore: 'postgresql', version: '18', createdBy: 'test' };
  const manifest = { startedAtMs, endedAtMs: startedAtMs + minuteMs };
  await server.store.transact((tx) =>
    server.store.backups.insert(tx, {
      id,
      ...whose,
      name: 'full',
      state: 'COMPLETED',
      sizeBytes: 100n,
      sourceBytes: 1000n,
      manifest,
      ...rest,
    }),
  );
  return id;
}

async function look(): Promise<RestoreWindow> {
  return (await server.send('GET', `/api/instances/${instanceId}/restore-window`, { token })).json() as Promise<RestoreWindow>;
}

function create({ atMs, ...rest }: { atMs: number; flavorId?: string; version?: string }, dryRun: boolean) {
  const input = { name: 'restored', datastore: 'postgresql', version: '18', ...rest, from: { kind: 'point-in-time', instanceId, atMs } };
  return server.send('POST', '/api/instances', { token, body: { projectId, input, dryRun } });
}

async function plan(input: Parameters<typeof create>[0]): Promise<(typeof OperationPlan)['_output']> {
  return (await create(input, true)).json() as Promise<(typeof OperationPlan)['_output']>;
}
