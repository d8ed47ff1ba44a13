import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOwedBackups } from './owed-backups.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';

const minuteMs = 60_000;
let server: TestServer;
let other: Awaited<ReturnType<TestServer['startReplica']>>;
let projectId: string;
let instanceId: string;
let accountId: string;

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
  accountId = (await server.addPerson(`admin-${stem}`, { [projectId]: 'admin' })).accountId;
  await heard(Date.now());
});

test('what is owed is made once, whichever replica comes first, in the name of whoever promoted', async () => {
  await owe();
  const [mine, others] = [server.store, other.store].map((store) => createOwedBackups({ store, log: pino({ level: 'silent' }) }));
  await Promise.all([mine?.runDue(), others?.runDue(), mine?.runDue(), others?.runDue()]);
  await mine?.runDue();
  expect(await operations()).toMatchObject([{ name: 'create-backup', input: { parentId: null, storage: 'default' } }]);
  expect((await operations())[0]?.input).toMatchObject({ name: expect.stringMatching(/^after-promotion-\d{14}$/) });
  expect(await sentences()).toEqual([]);
});

test('while the promotion is under way it waits, and after half an hour it is said that there is none', async () => {
  await owe();
  const promotion = await occupy();
  await run();
  expect((await operations()).map(({ name }) => name)).toEqual(['rename-instance']);
  await server.store.executions.end(promotion, { state: 'succeeded' });
  await silent();
  await run();
  expect(await sentences()).toEqual([]);
  await run(Date.now() + 31 * minuteMs);
  await run(Date.now() + 32 * minuteMs);
  expect(await sentences()).toEqual([
    expect.stringMatching(/^No full backup was made after the promotion: The agent has been silent .* Make one now; until then/),
  ]);
  expect((await operations()).map(({ name }) => name)).toEqual(['rename-instance']);
});

test('whoever lost the right to it makes none, and that is said at once', async () => {
  await owe();
  for (const member of await server.store.members.list(projectId))
    await server.store.transact((tx) => server.store.members.changeRole(tx, projectId, member.id, 'viewer'));
  await run();
  expect(await sentences()).toEqual([expect.stringMatching(/^No full backup was made after the promotion: .*role/)]);
  expect(await operations()).toEqual([]);
});

test('schedules and the archive go to the new source: what ran runs at once, what was paused stays so, and a replica’s archive is off', async () => {
  const { archives, backupSchedules, instances, transact } = server.store;
  const newId = await server.addInstance(projectId, 'new');
  const ran = await schedule(true);
  const paused = await schedule(false);
  await transact((tx) => archives.begin(tx, { instanceId, projectId, storageTargetId: null }));
  expect(await transact((tx) => backupSchedules.handOver(tx, instanceId, newId))).toBe(1);
  expect(await transact((tx) => archives.handOver(tx, instanceId, newId))).toBe(true);
  await transact((tx) => instances.change(tx, instanceId, { role: 'replica', sourceId: newId }));

  expect(await backupSchedules.listOfInstance(instanceId)).toEqual([]);
  const [first, second] = await Promise.all([ran, paused].map((id) => backupSchedules.findForControlPlane(id)));
  expect(Date.parse(first?.nextRunAt ?? '')).toBeLessThanOrEqual(Date.now());
  expect(second).toMatchObject({ instanceId: newId, enabled: false, nextRunAt: null });
  const told = await archives.listWanted([instanceId, newId]);
  expect(Object.fromEntries(told.map((one) => [one.instanceId, { wanted: one.wanted, isReplica: one.isReplica }]))).toEqual({
    [instanceId]: { wanted: false, isReplica: true },
    [newId]: { wanted: true, isReplica: false },
  });
  expect(await archives.findWindow(projectId, instanceId)).toMatchObject({ wanted: 'off', archiving: 'off', error: null });
  // Alone again it is archived as before.
  await transact((tx) => instances.change(tx, instanceId, { role: 'standalone', sourceId: null }));
  expect(await archives.findWindow(projectId, instanceId)).toMatchObject({ wanted: 'on' });
  const refused = await server.send('PUT', `/api/instances/${newId}/archiving`, { token: server.operatorToken, body: { enabled: false } });
  expect(refused.status).toBe(200);
  await transact((tx) => archives.handOver(tx, newId, instanceId));
  expect(await archives.findWindow(projectId, instanceId), 'turned off stays turned off').toMatchObject({ wanted: 'off' });
});

test('nobody turns a replica’s archive on', async () => {
  await server.store.transact((tx) => server.store.instances.change(tx, instanceId, { role: 'replica' }));
  const path = `/api/instances/${instanceId}/archiving`;
  const refused = await server.send('PUT', path, { token: server.operatorToken, body: { enabled: true } });
  expect([refused.status, (await refused.json()).title]).toEqual([409, 'A replica is not archived: its source is.']);
});

const run = (nowMs = Date.now()) => createOwedBackups({ store: server.store, log: pino({ level: 'silent' }) }).runDue(nowMs);
const owe = () => server.store.transact((tx) => server.store.owedBackups.owe(tx, instanceId, accountId));
const sentences = async () => (await server.store.events.list(instanceId, { limit: 50 })).items.map(({ sentence }) => sentence);
const operations = async () => (await server.store.operations.list({ everything: true }, { instanceId, limit: 50 })).items;
const silent = () => heard(Date.now() - minuteMs);

/** The guest reported at this moment that its database runs. */
async function heard(atMs: number): Promise<void> {
  const facts = { processState: 'running', acceptsLogins: true, acceptsWrites: true, restartRequired: false, role: 'standalone' };
  const seen = { facts: { ...facts, version: '18.4', recentCrashes: 0 }, seenAt: new Date(atMs) };
  await server.store.database.prisma.guest.upsert({ where: { instanceId }, create: { instanceId, ...seen }, update: seen });
}

async function schedule(enabled: boolean): Promise<string> {
  const id = randomUUID();
  const rules = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, changedByAccountId: accountId, changedBy: 'admin' };
  const next = enabled ? new Date(Date.now() + 60 * minuteMs) : null;
  const row = { id, projectId, instanceId, ...rules, enabled, plannedFor: next, nextRunAt: next };
  await server.store.transact((tx) => server.store.backupSchedules.insert(tx, row));
  return id;
}

async function occupy(): Promise<string> {
  const actor = await server.store.accounts.findActor(accountId, null);
  if (!actor) throw new Error('The account is not there.');
  const facts = await server.store.facts.load(projectId, instanceId, actor);
  return server.store.transact((tx) =>
    server.store.operations.open(tx, { name: 'rename-instance', input: { name: 'busy' }, facts, actor }),
  );
}
