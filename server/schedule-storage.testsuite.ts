import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { TestServer } from './test-server.testsuite.ts';
import { testUndeletedBackups } from './undeleted-backups.testsuite.ts';

type World = {
  server: TestServer;
  projectId: string;
  instanceId: string;
  nightMs: number;
  schedule(changes?: { storage?: string; keepCount?: number }): Promise<string>;
  addBackup(name: string, scheduleId: string | null, parentId?: string): Promise<string>;
  heard(atMs: number): Promise<void>;
  run(nowMs: number): Promise<void>;
  find(id: string): Promise<BackupSchedule | null>;
  sentences(): Promise<string[]>;
  operations(): Promise<Operation[]>;
};

/** Where the backups of a schedule go, and what becomes of it when that is gone. */
export function testScheduleStorage(getWorld: () => World): void {
  testUndeletedBackups(getWorld);
  test('a person and a schedule choose where a backup goes, among the storage of their own project', async () => {
    const { server, projectId, instanceId, nightMs, schedule, heard, run, operations } = getWorld();
    const token = server.operatorToken;
    const [mine, others] = [
      await addTarget(server, projectId),
      await addTarget(server, await server.addProject(`other-${randomUUID().slice(0, 8)}`)),
    ];
    await heard(Date.now());
    const backUp = async (storage: unknown) => {
      const body = { name: 'create-backup', input: { name: 'mine', storage } };
      const answer = await server.send('POST', `/api/instances/${instanceId}/operations`, { token, body });
      return { status: answer.status, ...((await answer.json()) as { field?: string; operation?: { id: string; input: object } }) };
    };
    expect(await backUp('somewhere')).toMatchObject({ status: 400, field: 'input.storage' });
    expect(await backUp(others)).toMatchObject({
      status: 409,
      field: 'storage',
      title: expect.stringMatching(/does not exist in this project/),
    });
    expect(await operations()).toEqual([]);
    const started = await backUp(mine);
    expect(started).toMatchObject({ status: 202, operation: { input: { storage: mine } } });
    await server.store.executions.end(started.operation?.id ?? '', { state: 'cancelled' });

    const id = await schedule({ storage: mine });
    const change = async (body: object) => {
      const answer = await server.send('PATCH', `/api/backup-schedules/${id}`, { token, body });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    expect(await change({ storage: others })).toMatchObject({ status: 400, field: 'storage' });
    expect(await change({ keepCount: 3 })).toMatchObject({ status: 200, storage: mine });
    // However it is spelt, it is that one.
    expect(await change({ storage: mine.toUpperCase() })).toMatchObject({ status: 200, storage: mine });
    const removed = await server.send('DELETE', `/api/storage-targets/${mine}`, { token });
    expect([removed.status, (await removed.json()).title]).toEqual([409, expect.stringMatching(/Schedules back up to this storage/)]);
    await heard(nightMs);
    await run(nightMs);
    expect((await operations())[0]).toMatchObject({ name: 'create-backup', input: { storage: mine, parentId: null } });
    expect(await change({ storage: 'default' })).toMatchObject({ status: 200, storage: 'default' });
    expect((await server.send('DELETE', `/api/storage-targets/${mine}`, { token })).status).toBe(204);
  });

  test('nothing is added to a backup that is being deleted, and none is deleted that is being added to', async () => {
    const { server, instanceId, addBackup, heard, operations } = getWorld();
    const token = server.operatorToken;
    await server.store.database.prisma.instance.update({ where: { id: instanceId }, data: { datastore: 'mariadb', version: '18' } });
    const parentId = await addBackup('base', null);
    await heard(Date.now());
    const add = () => {
      const body = { name: 'create-backup', input: { name: 'more', parentId } };
      return server.send('POST', `/api/instances/${instanceId}/operations`, { token, body });
    };
    const remove = () => server.send('DELETE', `/api/backups/${parentId}`, { token });
    const endAll = async () => {
      for (const { id } of await operations()) await server.store.executions.end(id, { state: 'cancelled' });
    };
    expect((await add()).status).toBe(202);
    const kept = await remove();
    expect([kept.status, (await kept.json()).title]).toEqual([409, expect.stringMatching(/added to/)]);
    await endAll();
    expect((await remove()).status).toBe(202);
    const refused = await add();
    expect([refused.status, (await refused.json()).title]).toEqual([409, expect.stringMatching(/is being deleted/)]);
    await endAll();
  });

  test('what is being deleted is neither restored nor proved nor deleted once more, and neither is what builds on it', async () => {
    const { server, projectId, instanceId, addBackup, heard, operations } = getWorld();
    const token = server.operatorToken;
    const baseId = await addBackup('base', null);
    const backupId = await addBackup('on-base', null, baseId);
    await heard(Date.now());
    const { name = '' } = (await server.store.instances.findForControlPlane(instanceId)) ?? {};
    const from = { kind: 'backup', backupId };
    const input = { name: 'copy', datastore: 'postgresql', version: '18', from };
    const ask = async () => {
      const answers = [
        await server.send('POST', '/api/instances', { token, body: { projectId, input, dryRun: true } }),
        await server.send('POST', `/api/instances/${instanceId}/operations`, {
          token,
          body: { name: 'restore-in-place', input: { backupId, confirmName: name }, dryRun: true },
        }),
      ];
      return Promise.all(answers.map(async (answer) => (await answer.json()).refusal as string | null));
    };
    expect(await ask()).toEqual([null, null]);
    const query = 'chain=true&confirmName=base';
    expect((await server.send('DELETE', `/api/backups/${baseId}?${query}`, { token })).status).toBe(202);
    expect(await ask()).toEqual([1, 2].map(() => 'The backup is being deleted. No complete one was made before it.'));
    const proof = await server.send('POST', `/api/backups/${backupId}/proofs`, { token, body: {} });
    expect([proof.status, (await proof.json()).title]).toEqual([409, 'It is being deleted.']);
    const removal = await server.send('DELETE', `/api/backups/${backupId}`, { token });
    expect([removal.status, (await removal.json()).title]).toEqual([409, 'It is being deleted already.']);
    for (const { id } of await operations()) await server.store.executions.end(id, { state: 'cancelled' });
    const clone = { token, body: { name: 'clone-instance', input: { name: 'twin' } } };
    const { operation } = await (await server.send('POST', `/api/instances/${instanceId}/operations`, clone)).json();
    expect(await server.store.operations.listBackupsInWork(projectId), 'what a clone is filled from').toEqual([operation.id]);
    await server.store.executions.end(operation.id, { state: 'cancelled' });
  });

  test('of two people who change a schedule at once neither undoes what the other changed', async () => {
    const { server, schedule, find } = getWorld();
    const token = server.operatorToken;
    const id = await schedule();
    const bodies = [{ enabled: false }, { keepCount: 3 }, { proveEvery: 2 }, { storage: 'local' }];
    await Promise.all(bodies.map((body) => server.send('PATCH', `/api/backup-schedules/${id}`, { token, body })));
    expect(await find(id)).toMatchObject({ enabled: false, nextRunAt: null, keepCount: 3, proveEvery: 2, storage: 'local' });
  });

  test('a schedule whose storage is gone says so, and may still be paused', async () => {
    const { server, nightMs, schedule, heard, run, find, sentences } = getWorld();
    const token = server.operatorToken;
    const id = await schedule({ storage: randomUUID() });
    await heard(nightMs);
    await run(nightMs);
    expect((await find(id))?.lastOutcome).toMatch(/^Waiting, until 03:30 at the latest: The storage target does not exist in this project/);
    await heard(nightMs + 31 * 60_000);
    await run(nightMs + 31 * 60_000);
    expect(await sentences()).toEqual([expect.stringMatching(/^The backup of 03:00 UTC was not made: .*Choose another one\.$/)]);
    const paused = await server.send('PATCH', `/api/backup-schedules/${id}`, { token, body: { enabled: false } });
    expect(await paused.json()).toMatchObject({ enabled: false, nextRunAt: null });
  });

  test('a storage is not removed while a schedule that is to use it is being saved', async () => {
    const { server, projectId, schedule } = getWorld();
    const token = server.operatorToken;
    for (let round = 0; round < 5; round += 1) {
      const target = await addTarget(server, projectId);
      const id = await schedule();
      const [saved, removed] = await Promise.all([
        server.send('PATCH', `/api/backup-schedules/${id}`, { token, body: { storage: target } }),
        server.send('DELETE', `/api/storage-targets/${target}`, { token }),
      ]);
      expect([saved.status, removed.status].sort()).not.toEqual([200, 204]);
      await server.store.transact((tx) => server.store.backupSchedules.remove(tx, id));
      if (removed.status !== 204) await server.send('DELETE', `/api/storage-targets/${target}`, { token });
    }
  });
}

export async function addTarget(server: TestServer, of: string): Promise<string> {
  const id = randomUUID();
  const kind = { kind: 's3' as const, endpoint: 'http://127.0.0.1:9', region: 'one', bucket: 'backups', prefix: '' };
  const address = { ...kind, accessKeyId: 'key', password: 'secret', caPem: null };
  await server.store.transact((tx) => server.store.storageTargets.insert(tx, { id, projectId: of, name: 'away', address }));
  return id;
}
