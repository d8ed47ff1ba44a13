import { getDatastore } from '../datastores/index.ts';
import type { BackupScheduleSettings } from '../resources/backup-schedule.ts';
import { type StorageChoice, toTargetId } from '../resources/storage-choice.ts';
import type { OperationFacts, Refusal } from './operation.ts';

/** Why such a schedule is none for an instance of this datastore; `field` is the schedule's own. */
export function refuseSchedule(
  facts: Pick<OperationFacts, 'storageTargets'>,
  datastore: Parameters<typeof getDatastore>[0],
  { fullEvery, storage }: Pick<BackupScheduleSettings, 'fullEvery' | 'storage'>,
): Refusal {
  const { title, incrementalBackups } = getDatastore(datastore);
  if (fullEvery > 1 && !incrementalBackups)
    return { field: 'fullEvery', reason: `${title} has no incremental backups here. Make every one full.` };
  return refuseStorage(facts, { storage });
}

export const unknownStorage = { field: 'storage', reason: 'The storage target does not exist in this project. Choose another one.' };

/** Only where somebody looked which there are. */
export function refuseStorage(
  { storageTargets }: Pick<OperationFacts, 'storageTargets'>,
  { storage }: { storage: StorageChoice },
): Refusal {
  const targetId = toTargetId(storage);
  if (targetId === null || storageTargets === undefined || storageTargets.some(({ id }) => id === targetId)) return null;
  return unknownStorage;
}
