import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { Actor } from '#contract/may.ts';
import { unknownStorage } from '#contract/operations/schedule-fit.ts';
import type { BackupSchedule, BackupScheduleSettings } from '#contract/resources/backup-schedule.ts';
import { type StorageChoice, toTargetId } from '#contract/resources/storage-choice.ts';
import { planRun } from '../cron.ts';
import type { Tx } from '../store/database.ts';
import type { Store } from '../store/store.ts';

/** A schedule for an instance that is there, or is being written in the same transaction. It runs with the rights of the actor. */
export async function insertSchedule(
  store: Store,
  tx: Tx,
  { id: instanceId, projectId }: { id: string; projectId: string },
  settings: BackupScheduleSettings,
  actor: Actor,
): Promise<BackupSchedule> {
  await holdStorage(store, tx, projectId, settings.storage);
  const run = planRun(settings, instanceId, Date.now());
  const by = { changedByAccountId: actor.accountId, changedBy: actor.name };
  return store.backupSchedules.insert(tx, { id: randomUUID(), projectId, instanceId, ...settings, ...run, ...by });
}

/** It is not removed until the transaction ends. Throws `invalid-input`. */
export async function holdStorage({ storageTargets }: Store, tx: Tx, projectId: string, storage: StorageChoice): Promise<void> {
  const targetId = toTargetId(storage);
  if (targetId === null || (await storageTargets.hold(tx, projectId, targetId))) return;
  throw new GuestboardError('invalid-input', unknownStorage.reason, { field: unknownStorage.field });
}
