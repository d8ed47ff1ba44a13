import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { OperationName } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import { until } from './ask-instance.testsuite.ts';
import type { Headless } from './headless.testsuite.ts';
import { createOrphanSweep } from './orphan-sweep.ts';

type World = {
  server: Headless;
  projectId: string;
  /** Where the project's backups lie. */
  backups: string;
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
}
