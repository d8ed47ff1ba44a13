import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addTarget } from './schedule-storage.testsuite.ts';
import { createScheduledBackups } from './scheduled-backups.ts';
import { type Person, startTestServer, type TestServer } from './test-server.testsuite.ts';

const minuteMs = 60_000;
const daily = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 600, fullEvery: 1, keepCount: 7, keepDays: null };
let server: TestServer;
let projectId: string;
let admin: Person;
let member: Person;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server?.stop();
});
beforeEach(async () => {
  const stem = randomUUID().slice(0, 8);
  projectId = await server.addProject(`p-${stem}`);
  admin = await server.addPerson(`admin-${stem}`, { [projectId]: 'admin' });
  member = await server.addPerson(`member-${stem}`, { [projectId]: 'member' });
});

test('an instance has the schedule it was asked for with, once however often that is asked', async () => {
  const storage = await addTarget(server, projectId);
  const headers = { 'idempotency-key': randomUUID() };
  const asked = { ...input(), protection: { ...daily, storage } };
  const [first, again] = [await create(asked, { headers }), await create(asked, { headers })];
  expect([first.status, again.status, again.instanceId]).toEqual([202, 202, first.instanceId]);
  const [schedule, ...more] = await listSchedules(first);
  expect(more).toEqual([]);
  expect(schedule).toMatchObject({ ...daily, storage, enabled: true, proveEvery: null, projectId, changedBy: admin.username });
  const share = (Date.parse(schedule?.nextRunAt ?? '') % (24 * 60 * minuteMs)) - 180 * minuteMs;
  expect(share).toBeGreaterThanOrEqual(0);
  expect(share).toBeLessThan(10 * minuteMs);
  const kept = await server.send('DELETE', `/api/storage-targets/${storage}`, { token: admin.token });
  expect(kept.status, 'of a storage that it needs').toBe(409);
  expect((await server.store.operations.findForControlPlane(first.operation?.id ?? ''))?.input).toMatchObject({ protection: null });
});

test('who asks for none gets none', async () => {
  for (const none of [{}, { protection: null }]) {
    const made = await create({ ...input(), ...none }, { token: member.token });
    expect([made.status, await listSchedules(made)]).toEqual([202, []]);
  }
});

test('what cannot be scheduled is refused by its field before anything is made, and by the dry run', async () => {
  const elsewhere = await addTarget(server, await server.addProject(`other-${randomUUID().slice(0, 8)}`));
  const cases = [
    [{ cron: '61 * * * *' }, 400, 'protection.cron', /^This is no cron: /],
    [{ cron: '0 0 30 2 *' }, 400, 'protection.cron', /^This time never comes\.$/],
    [{ storage: elsewhere }, 409, 'protection.storage', /does not exist in this project/],
  ] as const;
  for (const [change, status, field, title] of cases) {
    const asked = { ...input(), protection: { ...daily, ...change } };
    expect(await create(asked)).toMatchObject({ status, field, title: expect.stringMatching(title) });
    expect(await create(asked, { dryRun: true })).toMatchObject({ field, refusal: expect.stringMatching(title) });
  }
  expect(await create({ ...input(), protection: { ...daily, cron: 'at night' } })).toMatchObject({
    status: 400,
    field: 'input.protection.cron',
  });
  const redis = { ...input(), datastore: 'redis', version: '7.0', users: [], databases: [] };
  expect(await create({ ...redis, protection: { ...daily, fullEvery: 2 } })).toMatchObject({ status: 409, field: 'protection.fullEvery' });
  const byMember = { token: member.token };
  expect(await create({ ...input(), protection: daily }, byMember)).toMatchObject({
    status: 403,
    field: 'protection',
    title: expect.stringMatching(/^A backup schedule deletes old backups\. This needs the role project admin/),
  });
  expect(await create({ ...input(), protection: daily }, { dryRun: true })).toMatchObject({ refusal: null });
  expect(await server.store.instances.listOfProject(projectId)).toEqual([]);
  expect(await server.store.database.prisma.backupSchedule.count({ where: { projectId } })).toBe(0);
});

test('its first run waits as long as the instance is being created, and is then none that was missed', async () => {
  const made = await create({ ...input(), protection: daily });
  const [schedule] = await listSchedules(made);
  const dueMs = Date.parse(schedule?.nextRunAt ?? '');
  const run = (nowMs: number) => createScheduledBackups({ store: server.store, log: pino({ level: 'silent' }) }).runDue(nowMs);
  for (const atMs of [dueMs, dueMs + 20 * minuteMs, dueMs + 40 * minuteMs]) await run(atMs);
  expect((await listSchedules(made))[0]).toMatchObject({ lastOutcome: 'Waiting until the instance is there.', lastTone: 'working' });
  await server.store.executions.end(made.operation?.id ?? '', { state: 'succeeded' });
  const readyMs = dueMs + 40 * minuteMs + 11_000;
  const facts = { processState: 'running', acceptsLogins: true, acceptsWrites: true, restartRequired: false, role: 'standalone' };
  const seen = { facts: { ...facts, version: '18.4', recentCrashes: 0 }, seenAt: new Date(readyMs) };
  await server.store.database.prisma.guest.update({ where: { instanceId: made.instanceId ?? '' }, data: seen });
  await run(readyMs);
  const name = `daily-${schedule?.nextRunAt?.slice(0, 10)}-0300`;
  expect((await server.store.backups.listOfProject(projectId)).map((backup) => backup.name)).toEqual([name]);
  expect((await server.store.events.list(made.instanceId ?? '', { limit: 50 })).items.map(({ code }) => code)).toEqual([
    'instance-created',
  ]);
  expect((await listSchedules(made))[0]?.nextRunAt).toBe(new Date(dueMs + 24 * 60 * minuteMs).toISOString());
});

type Answer = {
  status: number;
  instanceId?: string;
  operation?: { id: string };
  field?: string;
  title?: string;
  refusal?: string | null;
};

async function create(
  asked: object,
  { token = admin.token, headers = {}, dryRun = false }: { token?: string; headers?: Record<string, string>; dryRun?: boolean } = {},
): Promise<Answer> {
  const answer = await server.send('POST', '/api/instances', { token, headers, body: { projectId, input: asked, dryRun } });
  return { ...((await answer.json()) as object), status: answer.status };
}

const input = () => ({ name: `db-${randomUUID().slice(0, 8)}`, datastore: 'postgresql', version: '18' });
const listSchedules = (made: Answer) => server.store.backupSchedules.listOfInstance(made.instanceId ?? '');
