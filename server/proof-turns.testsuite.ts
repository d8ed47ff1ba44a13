import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { OperationName } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { until } from './ask-instance.testsuite.ts';
import type { Headless } from './headless.testsuite.ts';

type World = {
  server: Headless;
  backupId: string;
  open(name: OperationName, input: object): Promise<string>;
  ended(operationId: string): Promise<Operation>;
  backUp(name: string): Promise<string>;
  nothingStays(): void;
};

/** Of the newest proof, which found the backup whole. */
export function testOvertakenProof(getWorld: () => Pick<World, 'server' | 'backupId'>): void {
  test('a proof stands no longer once its backup was found damaged', async () => {
    const { server, backupId } = getWorld();
    const { backups, instances } = server.store;
    const look = async () => {
      const backup = await backups.findForControlPlane(backupId);
      const instance = await instances.findForControlPlane(backup?.instanceId ?? '');
      return [backup?.proof?.state, instance?.lastProof?.state, instance?.damagedBackups];
    };
    const readRevision = async () =>
      (await instances.findForControlPlane((await backups.findForControlPlane(backupId))?.instanceId ?? ''))?.revision ?? 0;
    const mark = (state: 'CORRUPT' | 'COMPLETED') => server.store.transact((tx) => backups.change(tx, backupId, { state }));
    const revisionBefore = await readRevision();
    await mark('CORRUPT');
    expect(await readRevision(), 'the list of instances is told').toBeGreaterThan(revisionBefore);
    expect(await look()).toEqual(['overtaken', 'overtaken', 1]);
    await mark('COMPLETED');
    expect(await look()).toEqual(['proved', 'proved', 0]);
  });
}

/** When a proof may begin: in its turn, and where the host has room. */
export function testProofTurns(getWorld: () => World): void {
  test('one backup is proved at a time: the next says that it waits, and goes on or is cancelled', async () => {
    const { server, open, ended, backUp, nothingStays, backupId } = getWorld();
    const findStep = async (id: string, key: string) =>
      (await server.store.operations.findForControlPlane(id))?.steps.find((one) => one.key === key);
    const later = await backUp('later');
    const first = await open('prove-backup', { backupId });
    const second = await open('prove-backup', { backupId: later });
    await until(async () => (await findStep(second, 'wait-turn'))?.detail === 'Waits for another proof');
    expect(await server.store.instances.findForControlPlane(second)).toBeNull();
    expect(await server.store.backups.findForControlPlane(later)).toMatchObject({ proof: { state: 'running' } });
    await server.store.transact((tx) => server.store.operations.requestCancel(tx, second));
    expect(await ended(second)).toMatchObject({ state: 'cancelled', fault: null });
    expect(await server.store.backups.findForControlPlane(later)).toMatchObject({ state: 'COMPLETED', proof: { state: 'undecided' } });
    const again = await open('prove-backup', { backupId: later });
    expect((await ended(first)).fault).toBeNull();
    expect((await ended(again)).fault).toBeNull();
    const [one, other] = await Promise.all([first, again].map((id) => server.store.operations.findForControlPlane(id)));
    const began = other?.steps.find(({ key }) => key === 'reserve-guest')?.startedAt ?? '';
    expect(Date.parse(began)).toBeGreaterThanOrEqual(Date.parse(one?.endedAt ?? ''));
    nothingStays();
  }, 120_000);

  test('where the host has no room nothing is begun, and that says nothing about the backup, whose schedule proves the next', async () => {
    const { server, open, ended, nothingStays, backupId } = getWorld();
    const { projectId, instanceId } = (await server.store.backups.findForControlPlane(backupId)) ?? {};
    const scheduleId = randomUUID();
    await server.store.transact(async (tx) => {
      const by = { changedByAccountId: 'nobody', changedBy: 'nobody' };
      const when = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, proveEvery: 7 };
      await server.store.backupSchedules.insert(tx, {
        id: scheduleId,
        projectId: projectId ?? '',
        instanceId: instanceId ?? '',
        ...when,
        ...by,
      });
      await server.store.backups.change(tx, backupId, { scheduleId });
    });
    const ask = async () => ended(await open('prove-backup', { backupId }));
    const { measureRoom } = server.compute;
    try {
      server.compute.measureRoom = async () => ({ ...(await measureRoom()), diskBytes: 1024 ** 3 });
      expect((await ask()).fault).toMatchObject({
        code: 'volume-full',
        detail: expect.stringMatching(/are needed/),
      });
      server.compute.measureRoom = async () => ({ ...(await measureRoom()), memoryBytes: 1024 ** 2 });
      expect((await ask()).fault?.sentence).toMatch(/memory has no room/);
    } finally {
      server.compute.measureRoom = measureRoom;
    }
    const backup = await server.store.backups.findForControlPlane(backupId);
    expect(backup).toMatchObject({ state: 'COMPLETED', proof: { state: 'undecided' } });
    // Whoever left it to a schedule learns that nothing was proved.
    const { items } = await server.store.events.list(backup?.instanceId ?? '', { limit: 5 });
    expect(items.filter(({ code }) => code === 'backup-not-proved')).toMatchObject([
      { tone: 'attention', sentence: expect.stringMatching(/was not restored for proof: .*memory has no room/) },
      { tone: 'attention', sentence: expect.stringMatching(/This says nothing about the backup. Its schedule proves the next one/) },
    ]);
    const { unproved } = await server.store.database.prisma.backupSchedule.findUniqueOrThrow({ where: { id: scheduleId } });
    expect(unproved, 'one more, and it is due').toBe(6);
    await server.store.transact(async (tx) => {
      await server.store.backups.change(tx, backupId, { scheduleId: null });
      await server.store.backupSchedules.remove(tx, scheduleId);
    });
    nothingStays();
  }, 120_000);
}
