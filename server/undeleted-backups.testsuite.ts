import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { createScheduledRetention } from './scheduled-retention.ts';
import type { TestServer } from './test-server.testsuite.ts';

type World = {
  server: TestServer;
  projectId: string;
  nightMs: number;
  schedule(changes: { keepCount: number }): Promise<string>;
  addBackup(name: string, scheduleId: string | null): Promise<string>;
  heard(atMs: number): Promise<void>;
  run(nowMs: number): Promise<void>;
  find(id: string): Promise<BackupSchedule | null>;
  operations(): Promise<Operation[]>;
};

/** What retention could not delete, as when the storage is away. */
export function testUndeletedBackups(getWorld: () => World): void {
  test('what retention could not delete is said with its cause, tried once a run, and again after the next backup', async () => {
    const { server, projectId, nightMs, schedule, addBackup, heard, run, find, operations } = getWorld();
    const { store } = server;
    const later = createScheduledRetention({ store, log: pino({ level: 'silent' }) });
    const id = await schedule({ keepCount: 1 });
    const old = await addBackup('old', id);
    const deletions = async () => (await operations()).filter(({ name }) => name === 'delete-backup');
    const backUp = async (atMs: number) => {
      await heard(atMs);
      await run(atMs);
      const made = (await store.backups.listOfProject(projectId)).find(({ state }) => state === 'NEW');
      await store.transact((tx) => store.backups.change(tx, made?.id ?? '', { state: 'COMPLETED' }));
      await store.executions.end(made?.id ?? '', { state: 'succeeded' });
      for (let round = 0; round < 2; round += 1) await later.settleEnded(atMs);
    };
    await backUp(nightMs);
    const [failing] = await deletions();
    const fault = { code: 'storage-away' as const, sentence: 'The folder is away.' };
    await store.transact((tx) => store.backups.change(tx, old, { state: 'DELETE_FAILED', failure: fault.sentence }));
    await store.executions.end(failing?.id ?? '', { state: 'failed', fault });
    for (let round = 0; round < 3; round += 1) await later.settleEnded(nightMs);
    expect(await deletions()).toHaveLength(1);
    expect(await find(id)).toMatchObject({
      lastOutcome: expect.stringMatching(
        /^Made daily-\S+\. Retention waits: old could not be deleted\. The folder is away\. It is tried again/,
      ),
      lastTone: 'attention',
    });
    await backUp(Date.now() + 86_400_000);
    expect((await deletions()).filter(({ input }) => (input as { backupId: string }).backupId === old)).toHaveLength(2);
  });
}
