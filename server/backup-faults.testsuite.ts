import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { OperationName } from '#contract/operations/index.ts';
import { toStatusFacts } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { deriveInstanceStatus, type InstanceStatus } from '#contract/status.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import { until } from './ask-instance.testsuite.ts';
import type { Headless } from './headless.testsuite.ts';
import { createOrphanSweep } from './orphan-sweep.ts';

type World = {
  server: Headless;
  projectId: string;
  actor: Actor;
  /** Where the project's backups lie. */
  backups: string;
  /** A whole backup of the instance, and how many rows an instance has. */
  backupId: string;
  rows(instanceId: string): Promise<number>;
  guestFolder(instanceId: string): string;
  open(name: OperationName, input: object, instanceId: string): Promise<string>;
  ended(operationId: string): Promise<Operation>;
};

/** What may happen to a guest while its backup is made. `findInstance` may go on; `findDoomed` is gone afterwards. */
export function testBackupFaults(getWorld: () => World, findInstance: () => string, findDoomed: () => Promise<string>): void {
  const say = (instanceId: string, bytesPerSecond: number | null) => {
    const { store } = getWorld().server;
    return store.transact((tx) => store.instances.change(tx, instanceId, { backupBytesPerSecond: bytesPerSecond }));
  };
  /** Slow enough that something can happen to it meanwhile. */
  async function beginSlowly(instanceId: string): Promise<string> {
    const { server, open } = getWorld();
    await say(instanceId, 2_000_000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const id = await open('create-backup', { name: `slow-${instanceId.slice(0, 4)}` }, instanceId);
    const step = async () => (await server.store.operations.findForControlPlane(id))?.steps[0];
    await until(async () => ((await step())?.done ?? 0) > 0);
    expect((await step())?.detail).toBe('limited to 2 MB/s');
    return id;
  }

  test('the agent is killed during a backup, and whoever asked has no session any more: the next agent makes it, whole and once', async () => {
    const { server, backups, ended } = getWorld();
    const instanceId = findInstance();
    const id = await beginSlowly(instanceId);
    await server.store.database.prisma.session.deleteMany();
    const { agentPid } = await server.compute.probe(instanceId);
    process.kill(agentPid ?? 0, 'SIGKILL');
    await say(instanceId, null);
    expect((await ended(id)).fault).toBeNull();
    expect((await server.store.backups.findForControlPlane(id))?.state).toBe('COMPLETED');
    const files = readdirSync(path.join(backups, id));
    expect(files).toContain('manifest.json');
    expect(files.filter((name) => name.endsWith('.partial') || name === 'begun.json')).toEqual([]);
  }, 120_000);

  test('a backup that is cancelled while its agent is away is not made by the next one', async () => {
    const { server, backups, ended } = getWorld();
    const instanceId = findInstance();
    const id = await beginSlowly(instanceId);
    const { agentPid } = await server.compute.probe(instanceId);
    process.kill(agentPid ?? 0, 'SIGKILL');
    await until(async () => (await server.compute.probe(instanceId)).agentPid !== agentPid);
    await server.store.transact((tx) => server.store.operations.requestCancel(tx, id));
    expect((await ended(id)).state).toBe('cancelled');
    await say(instanceId, null);
    expect([(await server.store.backups.findForControlPlane(id))?.state, existsSync(path.join(backups, id))]).toEqual(['CANCELLED', false]);
  }, 120_000);

  test('an instance is deleted by force during its backup: the backup is over, and what it left goes with the next sweep', async () => {
    const { server, backups, open, ended } = getWorld();
    const instanceId = await findDoomed();
    const id = await beginSlowly(instanceId);
    const confirmName = (await server.store.instances.findForControlPlane(instanceId))?.name;
    expect((await ended(await open('force-delete-instance', { confirmName }, instanceId))).fault).toBeNull();
    await ended(id);
    await until(async () => ['FAILED', 'CANCELLED'].includes((await server.store.backups.findForControlPlane(id))?.state ?? ''));
    const sweep = createOrphanSweep({
      store: server.store,
      openStorage: async (_address, projectId) => createLocalDirectory(path.join(path.dirname(backups), projectId)),
      log: pino({ level: 'silent' }),
    });
    await server.store.database.prisma.organization.createMany({
      data: { id: getWorld().projectId, name: 'p', slug: 'p', createdAt: new Date() },
      skipDuplicates: true,
    });
    await server.store.database.prisma.storageSweep.updateMany({ data: { nextRunAt: new Date(0) } });
    await sweep.runDue(Date.now() + 26 * 3_600_000);
    expect(await server.store.storageSweeps.describe()).toMatchObject({ faults: [] });
    expect(await server.store.storageSweeps.findBackup(id)).toMatchObject({ state: 'FAILED', isBusy: false });
    expect(existsSync(path.join(backups, id))).toBe(false);
  }, 120_000);

  test('a backup goes where it was asked to, whatever the project’s default is', async () => {
    const { server, projectId, open, ended, backups } = getWorld();
    const { store } = server;
    const targetId = crypto.randomUUID();
    const kind = { kind: 's3' as const, endpoint: 'http://127.0.0.1:9', region: 'one', bucket: 'backups', prefix: '' };
    const address = { ...kind, accessKeyId: 'key', password: 'secret', caPem: null };
    await store.transact(async (tx) => {
      await store.storageTargets.insert(tx, { id: targetId, projectId, name: 'away', address });
      await store.storageTargets.setDefault(tx, projectId, targetId);
    });
    const id = await open('create-backup', { name: 'here', storage: 'local' }, findInstance());
    expect((await ended(id)).fault).toBeNull();
    expect(await store.backups.findForControlPlane(id)).toMatchObject({ state: 'COMPLETED', storageTargetId: null });
    expect(existsSync(path.join(backups, id, 'manifest.json'))).toBe(true);
    const away = await open('create-backup', { name: 'away', storage: targetId }, findInstance());
    await until(async () => (await store.backups.findForControlPlane(away))?.storageTargetId === targetId);
    await store.transact((tx) => store.operations.requestCancel(tx, away));
    await ended(away);
    expect((await store.backups.findForControlPlane(away))?.state).not.toBe('COMPLETED');
    await store.transact(async (tx) => {
      await store.backups.remove(tx, away);
      await store.storageTargets.remove(tx, targetId);
    });
  }, 120_000);

  async function beginRestore(name: string): Promise<{ instanceId: string; operationId: string }> {
    const { server, projectId, actor, backupId } = getWorld();
    const input = CreateInstanceInput.parse({ name, datastore: 'postgresql', version: '18', from: { kind: 'backup', backupId } });
    const facts = await server.store.facts.load(projectId, null, actor);
    return server.store.transact((tx) => server.store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
  }

  /** Every status under which it was listed until it pleased. */
  async function watchStatus(instanceId: string, pleases: () => Promise<boolean> | boolean): Promise<Set<InstanceStatus>> {
    const { server, projectId } = getWorld();
    const seen = new Set<InstanceStatus>();
    await until(async () => {
      const [ends, listed] = [await pleases(), await server.store.instances.listOfProject(projectId)];
      const instance = listed.find(({ id }) => id === instanceId);
      if (instance !== undefined) seen.add(deriveInstanceStatus(toStatusFacts(instance), Date.now()));
      return ends;
    });
    return seen;
  }

  test('agent and engine are killed during a restore: until it is whole it is listed as building or in error, and it begins with a clean folder', async () => {
    const { server, projectId, actor, ended, rows, guestFolder } = getWorld();
    const { instanceId, operationId } = await beginRestore('restored');
    const folder = guestFolder(instanceId);
    const [half, whole] = [path.join(folder, 'data.making'), path.join(folder, 'data')];
    for (const end = performance.now() + 30_000; !existsSync(path.join(half, 'PG_VERSION')); await sleep(1))
      expect(performance.now()).toBeLessThan(end);
    const { agentPid } = await server.compute.probe(instanceId);
    process.kill(agentPid ?? 0, 'SIGKILL');
    expect(existsSync(whole)).toBe(false);
    writeFileSync(path.join(half, 'of-the-first-try'), '');
    const readPid = () => Number(readFileSync(path.join(whole, 'postmaster.pid'), 'latin1').split('\n')[0]);
    const engineBegan = () => existsSync(path.join(whole, 'postmaster.pid')) && readPid() > 0;
    expect([...(await watchStatus(instanceId, engineBegan))]).toEqual(['BUILD']);
    process.kill(readPid(), 'SIGKILL');
    const hasEnded = async () => (await server.store.operations.findForControlPlane(operationId))?.endedAt !== null;
    const isInError = async () => (await hasEnded()) && (await server.store.instances.findForControlPlane(instanceId))?.errored === true;
    expect([...(await watchStatus(instanceId, isInError))].sort()).toEqual(['BUILD', 'ERROR']);
    expect((await ended(operationId)).fault?.code).toBe('engine-unavailable');
    // The agent starts it again, but whether all of it is there nobody has said yet.
    const facts = await server.store.facts.load(projectId, instanceId, actor);
    await server.store.transact((tx) => server.store.operations.resume(tx, operationId, facts));
    expect((await ended(operationId)).fault).toBeNull();
    expect(await rows(instanceId)).toBe(1000);
    expect(existsSync(path.join(whole, 'of-the-first-try'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('data'))).toEqual(['data']);
  }, 120_000);

  test('a restore in place whose data does not start gives back the data of before, which runs, and says so', async () => {
    const { server, open, ended, backupId, rows, guestFolder } = getWorld();
    const instanceId = findInstance();
    const before = await rows(instanceId);
    const id = await open('restore-in-place', { backupId, confirmName: 'orders' }, instanceId);
    await until(async () => (await server.store.instances.findForControlPlane(instanceId))?.unsettledRestoreId === id);
    // Whole beside the old data, which is only being stopped.
    rmSync(path.join(guestFolder(instanceId), 'data.fetched', 'global', 'pg_control'));
    expect((await ended(id)).fault?.code).toBe('engine-unavailable');
    expect(await rows(instanceId)).toBe(before);
    const { items } = await server.store.events.list(instanceId, { limit: 10 });
    expect(items.filter(({ code }) => code === 'restore-undone')).toEqual([
      expect.objectContaining({
        tone: 'attention',
        sentence: expect.stringMatching(/the data of before is back, and the database runs on it/),
      }),
    ]);
  }, 120_000);
}
