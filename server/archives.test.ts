import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OperationPlan } from '#contract/endpoints/endpoint.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import { createArchiveSweep } from './archive-sweep.ts';
import { testBaseOfNewData } from './base-of-new-data.testsuite.ts';
import { testOrphanSweep } from './orphan-sweep.testsuite.ts';
import { testPromotedGroup } from './promoted-group.testsuite.ts';
import type { ArchiveReport } from './store/archives.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';

const minuteMs = 60_000;
const log = pino({ level: 'silent' });
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
  await report([span({ id, toMs: nowMs - 1000, storedBytes: 1000, storedTo: '100' })]);
  await report([span({ id, toMs: nowMs - 40 * minuteMs, storedBytes: 500, storedTo: '0ff' })]);
  await addBackup(nowMs - 45 * minuteMs);
  const window = await look();
  expect(window).toMatchObject({ wanted: 'on', storedBytes: 1000, archivedToMs: nowMs - 1000, gaps: [] });
  expect(window.windows).toMatchObject([{ fromMs: nowMs - 44 * minuteMs, toMs: nowMs - 1000, isOpen: true }]);
  // What a restore is told must be there.
  expect(await server.store.archives.findSpan(instanceId, nowMs - 44 * minuteMs, nowMs - minuteMs)).toMatchObject({
    known: { position: '100', bytes: 1000 },
  });
});

test('a span that ended leaves a gap with its reason, and a moment in it is refused before anything changes', async () => {
  await report([
    span({ toMs: nowMs - 30 * minuteMs, endedAtMs: nowMs - 29 * minuteMs, endReason: 'The storage was away for too long.' }),
    span({ fromMs: nowMs - 20 * minuteMs, toMs: nowMs }),
  ]);
  const old = await addBackup(nowMs - 50 * minuteMs);
  const newer = await addBackup(nowMs - 15 * minuteMs);
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
  const prove = (backupId: string, atMs: number) => server.send('POST', `/api/backups/${backupId}/proofs`, { token, body: { atMs } });
  for (const [backupId, minutes, reason] of [
    [old, -25, /gap .*too long/],
    [old, -1, /does not lead from full to this moment/],
    [newer, 1, /after the last/],
  ] as const) {
    const proof = await prove(backupId, nowMs + minutes * minuteMs);
    expect(await proof.json()).toMatchObject({ code: 'refused', field: 'atMs', title: expect.stringMatching(reason) });
  }
  // The guest's clock may be some seconds ahead of ours.
  expect((await prove(newer, nowMs + minuteMs / 4)).status).toBe(202);
});

test('what is being proved or restored from is not deleted meanwhile, neither is what a restore to a moment may begin with', async () => {
  await report([span({ toMs: nowMs })]);
  const backupId = await addBackup(nowMs - 50 * minuteMs);
  const erase = () => server.send('DELETE', `/api/backups/${backupId}`, { token: server.operatorToken });
  const prove = () => server.send('POST', `/api/backups/${backupId}/proofs`, { token, body: { atMs: null } });
  for (const start of [prove, () => create({ atMs: nowMs - minuteMs }, false)]) {
    const { operation } = (await (await start()).json()) as { operation: { id: string } };
    expect(await (await erase()).json()).toMatchObject({ code: 'refused', title: expect.stringMatching(/^It is being restored/) });
    await server.store.executions.end(operation.id, { state: 'succeeded' });
  }
  expect((await erase()).status).toBe(202);
});

test('a backup of another version, or larger than the volume, is refused by its field before anything is made', async () => {
  const backupId = await addBackup(nowMs - 50 * minuteMs);
  const from = { kind: 'backup', backupId };
  const refuse = async (rest: object) => {
    const input = { name: 'restored', datastore: 'postgresql', version: '18', from, ...rest };
    const answer = await server.send('POST', '/api/instances', { token, body: { projectId, input } });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  expect(await refuse({ version: '15' })).toMatchObject({ status: 409, field: 'version', title: expect.stringMatching(/PostgreSQL 18/) });
  await server.store.transact((tx) => server.store.backups.change(tx, backupId, { sourceBytes: 10n ** 10n }));
  expect(await refuse({})).toMatchObject({ status: 409, field: 'volumeBytes', title: expect.stringMatching(/too small/) });
  await server.store.transact((tx) => server.store.backups.change(tx, backupId, { sourceBytes: 1000n, state: 'CORRUPT' }));
  expect(await refuse({})).toMatchObject({ status: 409, field: 'from.backupId', title: expect.stringMatching(/found damaged/) });
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
  const sweep = (isThorough: boolean, of = storage) =>
    createArchiveSweep({ store: server.store, openStorage: async () => of, log })(isThorough);
  const cutOff = () => Promise.reject(new GuestboardError('storage-error', 'The storage went away.'));
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
    await sweep(true, { ...storage, delete: cutOff });
    expect(await left()).toHaveLength(5);
    // Written off before it goes: a backup that a catalogue found again begins no window, and nothing is counted twice.
    const again = await addBackup(nowMs - 55 * minuteMs);
    expect((await look()).windows).toMatchObject([{ fromMs: nowMs - 9 * minuteMs }]);
    await server.store.transact((tx) => server.store.backups.remove(tx, again));
    await sweep(true);
    expect((await left()).map((key) => key[0])).toEqual(['c', 'd', 'e']);
    expect((await look()).storedBytes).toBe(3800);
    await server.store.transact((tx) => server.store.backups.remove(tx, second));
    await sweep(false, { ...storage, deleteFolder: cutOff });
    expect(await look()).toMatchObject({ windows: [], storedBytes: 0 });
    await sweep(false);
    expect(await left()).toEqual([]);
    expect(await look()).toMatchObject({ windows: [], storedBytes: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('pieces that are lost in storage take their moments out of the window, once they were missed twice; found again, they are back', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-lost-'));
  const storage = createLocalDirectory(folder);
  const sweep = createArchiveSweep({ store: server.store, openStorage: async () => storage, log, now: () => clock.ms });
  const [id, clock] = [randomUUID(), { ms: 0 }];
  const put = (from: number) =>
    storage.put(
      `archive/${instanceId}/${id}/a/${from}-${from + 1}-${nowMs - (9 - from) * minuteMs}-${nowMs}`,
      Readable.from([Buffer.alloc(100)]),
    );
  try {
    await report([span({ id, storedFrom: '0', storedTo: '3' })]);
    await addBackup(nowMs - 20 * minuteMs);
    // A folder that is not mounted holds nothing at all: that says nothing about the archive.
    for (const _ of [1, 2, 3]) await sweep(true);
    expect((await look()).windows).toMatchObject([{ toMs: nowMs, isOpen: true }]);
    for (const from of [0, 1]) await put(from);
    await sweep(true);
    expect((await look()).windows).toMatchObject([{ toMs: nowMs, isOpen: true }]);
    for (clock.ms of [0, 60_000]) await sweep(false);
    expect((await look()).windows).toMatchObject([{ toMs: nowMs - 8 * minuteMs, isOpen: false }]);
    expect(await plan({ atMs: nowMs - minuteMs })).toMatchObject({ refusal: expect.stringMatching(/no longer in the storage/) });
    expect(await server.store.archives.listWanted([instanceId])).toMatchObject([{ abandonedSpanId: id }]);
    const { items } = (await (await server.send('GET', `/api/instances/${instanceId}/events`, { token })).json()) as {
      items: { code: string }[];
    };
    expect(items.filter(({ code }) => code === 'archive-lost')).toHaveLength(1);
    const allIsThere = async () => {
      for (const _ of [1, 2]) await sweep(true);
      expect((await look()).windows).toMatchObject([{ toMs: nowMs, isOpen: true }]);
      expect(await server.store.archives.listWanted([instanceId])).toMatchObject([{ abandonedSpanId: null }]);
    };
    await put(2);
    await allIsThere();
    // The oldest are missed, too: nothing can be replayed without them.
    for (const { key } of await storage.list(`archive/${instanceId}/${id}/a/0-`)) await storage.delete(key);
    for (const _ of [1, 2]) await sweep(true);
    expect((await look()).windows).toEqual([]);
    expect(await server.store.archives.listWanted([instanceId])).toMatchObject([{ abandonedSpanId: id }]);
    await put(0);
    await allIsThere();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

testPromotedGroup(() => ({ server, projectId, instanceId }));
testBaseOfNewData(() => ({ server, instanceId, nowMs, report: (spans) => report(spans.map(span)) }));
testOrphanSweep(() => ({ server, projectId, instanceId, token, nowMs, addBackup, archive: (id, rest) => report([span({ id, ...rest })]) }));

function span(rest: Partial<ArchiveReport['spans'][number]>): ArchiveReport['spans'][number] {
  const times = { fromMs: nowMs - 60 * minuteMs, toMs: nowMs, endedAtMs: null, endReason: null };
  return {
    id: randomUUID(),
    keyId: randomUUID(),
    storageTargetId: null,
    ...times,
    storedBytes: 100,
    storedFrom: null,
    storedTo: null,
    ...rest,
  };
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
