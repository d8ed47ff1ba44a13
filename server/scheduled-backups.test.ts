import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { testOwedBackups } from './owed-backups.testsuite.ts';
import { testScheduleStorage } from './schedule-storage.testsuite.ts';
import { createScheduledBackups } from './scheduled-backups.ts';
import { createScheduledRetention } from './scheduled-retention.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';

const log = pino({ level: 'silent' });
const nightMs = Date.parse('2026-11-25T03:00:00Z');
const minuteMs = 60_000;
const daily = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: null, keepDays: null };
const recovered = 'insert into storage_sweep (id, "unknownOf") values (1, null)';
let server: TestServer;
let other: Awaited<ReturnType<TestServer['startReplica']>>;
let projectId: string;
let instanceId: string;
let admin: { accountId: string };

beforeAll(async () => {
  server = await startTestServer();
  other = await server.startReplica();
});
afterAll(async () => {
  await other?.stop();
  await server?.stop();
});
beforeEach(async () => {
  const stem = randomUUID().slice(0, 8);
  projectId = await server.addProject(`p-${stem}`);
  instanceId = await server.addInstance(projectId, `db-${stem}`);
  admin = await server.addPerson(`admin-${stem}`, { [projectId]: 'admin' });
});

test('of two replicas one runs what is due, once, and plans the next', async () => {
  const id = await schedule();
  await heard(nightMs);
  const [mine, others] = [server.store, other.store].map((store) => createScheduledBackups({ store, log }));
  await Promise.all([mine?.runDue(nightMs), others?.runDue(nightMs), mine?.runDue(nightMs), others?.runDue(nightMs)]);
  const [backup, ...more] = await server.store.backups.listOfProject(projectId);
  expect(more).toEqual([]);
  expect(backup).toMatchObject({ name: 'daily-2026-11-25-0300', scheduleId: id, state: 'NEW', createdBy: 'schedule 0 3 * * *' });
  expect(await find(id)).toMatchObject({ nextRunAt: '2026-11-26T03:00:00.000Z', lastOutcome: 'Making daily-2026-11-25-0300.' });
  expect(await sentences()).toEqual([]);
});

test('what adds to the backup before it is listed as incremental from the start', async () => {
  const id = await schedule({ fullEvery: 2 });
  await server.store.database.prisma.instance.update({ where: { id: instanceId }, data: { datastore: 'mariadb', version: '18' } });
  const parentId = await addBackup('base', id);
  await heard(nightMs);
  await run(nightMs);
  const [made] = await server.store.backups.listOfProject(projectId);
  expect(made).toMatchObject({ state: 'NEW', parentId, kind: 'incremental' });
});

test('runs that were missed are caught up once, and it is said', async () => {
  const id = await schedule({ cron: '0 * * * *' });
  const wakeMs = nightMs + 3 * 60 * minuteMs + 5 * minuteMs;
  await heard(wakeMs);
  await run(wakeMs);
  await run(wakeMs + 2000);
  expect((await server.store.backups.listOfProject(projectId)).map(({ name }) => name)).toEqual(['hourly-2026-11-25-0300']);
  expect(await sentences()).toEqual([
    'Caught up the backup of 03:00 UTC and, with it, 3 after it, which were missed while the control plane was down.',
  ]);
  expect((await find(id))?.nextRunAt).toBe('2026-11-25T07:00:00.000Z');
});

test('a single missed run is said as one', async () => {
  await schedule();
  await heard(nightMs + 5 * minuteMs);
  await run(nightMs + 5 * minuteMs);
  expect(await sentences()).toEqual(['Caught up the backup of 03:00 UTC, which was missed while the control plane was down.']);
});

test('a busy instance is tried again, and made when it is free: that is no missed run', async () => {
  const id = await schedule();
  await heard(nightMs);
  const operationId = await occupy();
  await run(nightMs);
  expect((await find(id))?.lastOutcome).toContain('Waiting, until 03:30 at the latest: Rename instance is running');
  expect(await server.store.backups.listOfProject(projectId)).toEqual([]);
  await server.store.executions.end(operationId, { state: 'succeeded' });
  await heard(nightMs + 20 * minuteMs);
  await run(nightMs + 20 * minuteMs);
  expect(await server.store.backups.listOfProject(projectId)).toHaveLength(1);
  expect(await sentences()).toEqual([]);
});

test('after half an hour of being busy it is said, and the next run is waited for', async () => {
  const id = await schedule();
  await heard(nightMs);
  await occupy();
  await run(nightMs);
  await heard(nightMs + 31 * minuteMs);
  await run(nightMs + 31 * minuteMs);
  expect(await sentences()).toEqual([expect.stringContaining('The backup of 03:00 UTC was not made: Rename instance is running')]);
  expect(await find(id)).toMatchObject({ lastTone: 'broken', nextRunAt: '2026-11-26T03:00:00.000Z' });
});

test('a schedule whose last editor lost the right to it makes nothing and says so', async () => {
  await schedule();
  await heard(nightMs);
  for (const member of await server.store.members.list(projectId))
    await server.store.transact((tx) => server.store.members.changeRole(tx, projectId, member.id, 'viewer'));
  await run(nightMs);
  expect(await server.store.backups.listOfProject(projectId)).toEqual([]);
  expect((await sentences())[0]).toMatch(/^The backup of 03:00 UTC was not made: It runs .* of admin-.*may not do this any more/);
});

test('after a completed backup retention asks for what goes, increments before what they build on, and leaves a person’s own', async () => {
  const id = await schedule({ keepCount: 1 });
  await heard(nightMs);
  const base = await addBackup('base', id);
  const added = await addBackup('added', id, base);
  await addBackup('by-hand', null);
  await run(nightMs);
  const made = (await server.store.backups.listOfProject(projectId)).find(({ state }) => state === 'NEW');
  const later = createScheduledRetention({ store: server.store, log });
  await later.settleEnded(nightMs);
  expect(await listDeletions()).toEqual([]);
  await server.store.transact((tx) => server.store.backups.change(tx, made?.id ?? '', { state: 'COMPLETED', sizeBytes: 2_000_000n }));
  await server.store.executions.end(made?.id ?? '', { state: 'succeeded' });
  const restoring = await restore({ kind: 'backup', backupId: added });
  for (let round = 0; round < 3; round++) await later.settleEnded(nightMs);
  expect(await find(id)).toMatchObject({ lastOutcome: 'Made daily-2026-11-25-0300.', lastTone: 'healthy' });
  expect(await listDeletions(), 'of what is being restored from').toEqual([]);
  await server.store.executions.end(restoring, { state: 'succeeded' });
  await server.store.database.pool.query(recovered);
  await later.settleEnded(nightMs);
  expect([await listDeletions(), (await find(id))?.lastOutcome]).toEqual([[], expect.stringMatching(/^Made \S+\. Retention waits: /)]);
  await server.store.database.pool.query('delete from storage_sweep');
  await later.settleEnded(nightMs);
  expect([await listDeletions(), (await find(id))?.lastOutcome]).toEqual([[added], 'Made daily-2026-11-25-0300.']);
  await server.store.transact((tx) => server.store.backups.remove(tx, added));
  for (const operation of (await operations()).filter(({ name }) => name === 'delete-backup'))
    await server.store.executions.end(operation.id, { state: 'succeeded' });
  for (let round = 0; round < 3; round++) await later.settleEnded(nightMs);
  expect((await listDeletions()).sort()).toEqual([added, base].sort());
});

test('the newest of every second backup is restored for proof, with the rights of the schedule', async () => {
  const id = await schedule({ proveEvery: 2 });
  const later = createScheduledRetention({ store: server.store, log });
  const proofs = async () => (await operations()).filter(({ name }) => name === 'prove-backup');
  for (const [round, atMs] of [nightMs, nightMs + 86_400_000, nightMs + 2 * 86_400_000].entries()) {
    await heard(atMs);
    await run(atMs);
    const made = (await server.store.backups.listOfProject(projectId)).find(({ state }) => state === 'NEW');
    await server.store.transact((tx) => server.store.backups.change(tx, made?.id ?? '', { state: 'COMPLETED' }));
    await server.store.executions.end(made?.id ?? '', { state: 'succeeded' });
    await later.settleEnded(atMs);
    expect((await proofs()).length, `after backup ${round + 1}`).toBe(round === 0 ? 0 : 1);
    if (round === 1) expect((await proofs())[0]).toMatchObject({ askedBy: 'schedule 0 3 * * *', input: { backupId: made?.id } });
  }
  expect((await find(id))?.lastOutcome).toContain('Made daily-');
});

test('what was archived between two backups is replayed for proof, and retention leaves the older one until then', async () => {
  const id = await schedule({ proveEvery: 1, keepCount: 1 });
  await server.store.transact((tx) => server.store.archives.begin(tx, { instanceId, projectId, storageTargetId: null }));
  const span = {
    id: randomUUID(),
    keyId: randomUUID(),
    storageTargetId: null,
    storedBytes: 1,
    storedFrom: null,
    storedTo: null,
    endedAtMs: null,
    endReason: null,
  };
  const said = { type: 'archive' as const, state: 'on' as const, error: null, keptBytes: 0, keptLimitBytes: 1 };
  const spans = [{ ...span, fromMs: nightMs - 60 * minuteMs, toMs: nightMs + 3000 }];
  await server.store.archives.record([{ instanceId, report: { ...said, spans } }]);
  const copied = (backupId: string, startedAtMs: number, endedAtMs: number) =>
    server.store.transact((tx) => server.store.backups.change(tx, backupId, { state: 'COMPLETED', manifest: { startedAtMs, endedAtMs } }));
  const base = await addBackup('base', id);
  await copied(base, nightMs - 30 * minuteMs, nightMs - 29 * minuteMs);
  await heard(nightMs);
  await run(nightMs);
  const made = (await server.store.backups.listOfProject(projectId)).find(({ state }) => state === 'NEW')?.id ?? '';
  await copied(made, nightMs + 500, nightMs + 2000);
  await server.store.executions.end(made, { state: 'succeeded' });
  const later = createScheduledRetention({ store: server.store, log });
  for (let round = 0; round < 3; round++) await later.settleEnded(nightMs);
  const proofs = (await operations()).filter(({ name }) => name === 'prove-backup').reverse();
  expect(proofs.map(({ input }) => input)).toEqual([
    { backupId: made, atMs: null },
    { backupId: base, atMs: nightMs + 1999 },
  ]);
  expect(await listDeletions()).toEqual([]);
  const restoring = await restore({ kind: 'point-in-time', instanceId, atMs: nightMs + 1999 });
  await server.store.executions.end(proofs[1]?.id ?? '', { state: 'succeeded' });
  await later.settleEnded(nightMs);
  expect(await listDeletions(), 'of what a restore to a moment begins with').toEqual([]);
  await server.store.executions.end(restoring, { state: 'succeeded' });
  await later.settleEnded(nightMs);
  expect(await listDeletions()).toEqual([base]);
  const from = { kind: 'point-in-time', instanceId, atMs: nightMs + 1999 };
  const body = { projectId, input: { name: 'copy', datastore: 'postgresql', version: '18', from } };
  const refused = await server.send('POST', '/api/instances', { token: server.operatorToken, body });
  expect(await refused.json()).toMatchObject({
    status: 409,
    field: 'from.atMs',
    title: expect.stringMatching(/^base, .* is being deleted/),
  });
});

test('a backup that failed is said with its cause, and nothing is deleted', async () => {
  const id = await schedule({ keepCount: 1 });
  await heard(nightMs);
  await addBackup('older', id);
  await run(nightMs);
  const made = (await server.store.backups.listOfProject(projectId)).find(({ state }) => state === 'NEW');
  const fault = { code: 'storage-error' as const, sentence: 'The storage is full.' };
  await server.store.executions.end(made?.id ?? '', { state: 'failed', fault });
  const later = createScheduledRetention({ store: server.store, log });
  for (let round = 0; round < 2; round++) await later.settleEnded(nightMs);
  expect(await sentences()).toEqual(['The scheduled backup daily-2026-11-25-0300 failed: The storage is full.']);
  expect(await listDeletions()).toEqual([]);
});

test('what would be deleted is shown before it is, and paused schedules are not run by hand', async () => {
  const id = await schedule({ keepCount: 1 });
  await addBackup('older', id);
  const token = server.operatorToken;
  const asked = { ...daily, keepCount: 1, timeZone: 'Europe/Berlin', scheduleId: id };
  const path = `/api/instances/${instanceId}/backup-schedules/preview`;
  const preview = await (await server.send('POST', path, { token, body: asked })).json();
  expect(preview).toMatchObject({ words: 'At 03:00, every day, Europe/Berlin', next: { kind: 'full' }, held: [] });
  expect(preview.runs).toHaveLength(5);
  expect(preview.goes).toEqual([expect.objectContaining({ name: 'older', reason: '1 newer one is kept.' })]);
  const wrong = await server.send('POST', path, { token, body: { ...asked, cron: '61 * * * *' } });
  expect([wrong.status, (await wrong.json()).field]).toEqual([400, 'cron']);
  const paused = await server.send('PATCH', `/api/backup-schedules/${id}`, { token, body: { enabled: false } });
  expect(await paused.json()).toMatchObject({ enabled: false, nextRunAt: null, cron: '0 3 * * *', keepCount: 1 });
  expect((await server.send('POST', `/api/backup-schedules/${id}/run`, { token })).status).toBe(409);
});

testOwedBackups(() => ({ server, other, projectId, instanceId, admin, schedule, heard, occupy, sentences, operations }));
testScheduleStorage(() => ({ server, projectId, instanceId, nightMs, schedule, addBackup, heard, run, find, sentences, operations }));

async function schedule(
  changes: Partial<Omit<typeof daily, 'keepCount'>> & { keepCount?: number; proveEvery?: number; storage?: string } = {},
): Promise<string> {
  const id = randomUUID();
  const due = new Date(nightMs);
  const by = { changedByAccountId: admin.accountId, changedBy: 'admin' };
  const row = { id, projectId, instanceId, ...daily, ...changes, ...by, plannedFor: due, nextRunAt: due };
  await server.store.transact((tx) => server.store.backupSchedules.insert(tx, row));
  return id;
}

/** The guest reported at this moment that its database runs. */
async function heard(atMs: number): Promise<void> {
  const facts = { processState: 'running', acceptsLogins: true, acceptsWrites: true, restartRequired: false, role: 'standalone' };
  const seen = { facts: { ...facts, version: '18.4', recentCrashes: 0 }, seenAt: new Date(atMs) };
  await server.store.database.prisma.guest.upsert({ where: { instanceId }, create: { instanceId, ...seen }, update: seen });
}

async function occupy(): Promise<string> {
  const actor = await server.store.accounts.findActor(admin.accountId, null);
  if (!actor) throw new Error('The account is not there.');
  const facts = await server.store.facts.load(projectId, instanceId, actor);
  return server.store.transact((tx) =>
    server.store.operations.open(tx, { name: 'rename-instance', input: { name: 'busy' }, facts, actor }),
  );
}

/** Somebody makes an instance from it. */
async function restore(from: unknown): Promise<string> {
  const actor = await server.store.accounts.findActor(admin.accountId, null);
  if (!actor) throw new Error('The account is not there.');
  const input = CreateInstanceInput.parse({ name: 'copy', datastore: 'postgresql', version: '18', from });
  const facts = await server.store.facts.load(projectId, null, actor, null, input);
  return server.store.transact((tx) => server.store.operations.open(tx, { name: 'create-instance', input, facts, actor }));
}

async function addBackup(name: string, scheduleId: string | null, parentId: string | null = null): Promise<string> {
  const id = randomUUID();
  const createdAt = new Date(nightMs - 86_400_000 + (parentId === null ? 0 : 1000));
  const row = { id, projectId, instanceId, instanceName: 'db', name, scheduleId, parentId, createdAt, createdBy: 'test' };
  await server.store.transact((tx) =>
    server.store.backups.insert(tx, { ...row, datastore: 'postgresql', version: '18', state: 'COMPLETED' }),
  );
  return id;
}

const run = (nowMs: number) => createScheduledBackups({ store: server.store, log }).runDue(nowMs);
const find = (id: string) => server.store.backupSchedules.findForControlPlane(id);
const sentences = async () => (await server.store.events.list(instanceId, { limit: 50 })).items.map(({ sentence }) => sentence);
const operations = async () => (await server.store.operations.list({ everything: true }, { instanceId, limit: 50 })).items;

async function listDeletions(): Promise<string[]> {
  const rows = await server.store.database.prisma.operation.findMany({ where: { instanceId, name: 'delete-backup' } });
  return rows.map(({ input }) => String((input as { backupId: string }).backupId));
}
