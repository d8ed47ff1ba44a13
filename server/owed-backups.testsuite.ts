import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Operation } from '#contract/resources/operation.ts';
import { createOwedBackups } from './owed-backups.ts';
import type { Store } from './store/store.ts';
import type { TestServer } from './test-server.testsuite.ts';

type World = {
  server: TestServer;
  other: { store: Store };
  projectId: string;
  instanceId: string;
  admin: { accountId: string };
  schedule(): Promise<string>;
  heard(atMs: number): Promise<void>;
  occupy(): Promise<string>;
  sentences(): Promise<string[]>;
  operations(): Promise<Operation[]>;
};

const minuteMs = 60_000;
const log = pino({ level: 'silent' });

/** What is backed up and archived at an instance that took another's place as the source. */
export function testOwedBackups(getWorld: () => World): void {
  const run = (nowMs = Date.now()) => createOwedBackups({ store: getWorld().server.store, log }).runDue(nowMs);
  async function owe(): Promise<void> {
    const { server, instanceId, admin, heard } = getWorld();
    await heard(Date.now());
    await server.store.transact((tx) => server.store.owedBackups.owe(tx, instanceId, admin.accountId));
  }

  test('what is owed is made once, whichever replica comes first, in the name of whoever promoted', async () => {
    const { server, other, operations, sentences } = getWorld();
    await owe();
    const [mine, others] = [server.store, other.store].map((store) => createOwedBackups({ store, log }));
    await Promise.all([mine?.runDue(), others?.runDue(), mine?.runDue(), others?.runDue()]);
    await mine?.runDue();
    expect(await operations()).toMatchObject([{ name: 'create-backup', input: { parentId: null, storage: 'default' } }]);
    expect((await operations())[0]?.input).toMatchObject({ name: expect.stringMatching(/^after-promotion-\d{14}$/) });
    expect(await sentences()).toEqual([]);
  });

  test('while the promotion is under way it waits, and after half an hour it is said that there is none', async () => {
    const { server, occupy, heard, operations, sentences } = getWorld();
    await owe();
    const promotion = await occupy();
    await run();
    expect((await operations()).map(({ name }) => name)).toEqual(['rename-instance']);
    await server.store.executions.end(promotion, { state: 'succeeded' });
    await heard(Date.now() - minuteMs);
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
    const { server, projectId, operations, sentences } = getWorld();
    await owe();
    for (const member of await server.store.members.list(projectId))
      await server.store.transact((tx) => server.store.members.changeRole(tx, projectId, member.id, 'viewer'));
    await run();
    expect(await sentences()).toEqual([expect.stringMatching(/^No full backup was made after the promotion: .*role/)]);
    expect(await operations()).toEqual([]);
  });

  test('schedules and the archive go to the new source: what ran runs at once, what was paused stays so, and a replica’s archive is off', async () => {
    const { server, projectId, instanceId, schedule } = getWorld();
    const { archives, backupSchedules, instances, transact } = server.store;
    const newId = await server.addInstance(projectId, 'new');
    const [ran, paused] = [await schedule(), await schedule()];
    const later = new Date(Date.now() + 60 * minuteMs);
    await transact((tx) => backupSchedules.change(tx, ran, { plannedFor: later, nextRunAt: later }));
    await transact((tx) => backupSchedules.change(tx, paused, { enabled: false, plannedFor: null, nextRunAt: null }));
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
    const off = await server.send('PUT', `/api/instances/${newId}/archiving`, { token: server.operatorToken, body: { enabled: false } });
    expect(off.status).toBe(200);
    await transact((tx) => archives.handOver(tx, newId, instanceId));
    expect(await archives.findWindow(projectId, instanceId), 'turned off stays turned off').toMatchObject({ wanted: 'off' });
  });

  test('nobody turns a replica’s archive on', async () => {
    const { server, instanceId } = getWorld();
    await server.store.transact((tx) => server.store.instances.change(tx, instanceId, { role: 'replica' }));
    const path = `/api/instances/${instanceId}/archiving`;
    const refused = await server.send('PUT', path, { token: server.operatorToken, body: { enabled: true } });
    expect([refused.status, (await refused.json()).title]).toEqual([409, 'A replica is not archived: its source is.']);
  });
}
