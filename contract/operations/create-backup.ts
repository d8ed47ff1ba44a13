import * as z from 'zod';
import { getDatastore } from '../datastores/index.ts';
import { Id, Name } from '../names.ts';
import { isWhole } from '../resources/backup.ts';
import { allowsPlace, StorageChoice } from '../resources/storage-choice.ts';
import { isBeingDeleted } from './delete-backup.ts';
import { defineOperation, type OperationFacts, type Refusal, refuseUnlessCapable, refuseUnlessRunning, step } from './operation.ts';
import { refuseStorage } from './schedule-fit.ts';

export const createBackup = defineOperation({
  title: 'Create backup',
  verb: 'Back up',
  danger: 'none',
  action: 'backup.create',
  subject: 'instance',
  runningStatus: 'BACKUP',
  input: z.object({
    name: Name.meta({ title: 'Name of the backup' }),
    /** Stores only what changed since this backup of the same instance; null stores everything. */
    parentId: Id.nullable().default(null).meta({ title: 'What to store' }),
    /** An increment lies where what it adds to lies. */
    storage: StorageChoice.default('default').meta({ title: 'Storage' }),
  }),
  steps: ['store', 'record'],
  plan: () => [step('store', 'Copy to storage', { cancellable: true }), step('record', 'Check and record')],
  takes: () => ({ backups: 1 }),
  refuse: (facts, input, nowMs) =>
    refuseUnlessCapable(facts, 'backup', 'backups') ??
    refuseUnlessRunning(facts, nowMs) ??
    refuseWhere(facts, { parentId: input?.parentId ?? null, storage: input?.storage ?? 'default' }),
  about: (_facts, input) => input.name,
  sentence: (facts) => `Backing up ${facts.instance?.name}.`,
});

/** A page asks before everything is filled in. */
type Asked = { parentId: string | null; storage: StorageChoice };

function refuseWhere(facts: OperationFacts, asked: Asked): Refusal {
  return refuseParent(facts, asked) ?? refuseStorage(facts, asked);
}

function refuseParent(facts: OperationFacts, { parentId, storage }: Asked): Refusal {
  const { instance, backups } = facts;
  if (parentId === null || instance === null) return null;
  const { title, incrementalBackups } = getDatastore(instance.datastore);
  if (!incrementalBackups) return { reason: `${title} has no incremental backups here. Make a full one.` };
  const parent = backups.find((candidate) => candidate.id === parentId);
  if (!parent || parent.instanceId !== instance.id) return { reason: 'The backup to add to does not exist, or is another instance’s.' };
  if (parent.state !== 'COMPLETED') return { reason: 'The backup to add to is not complete.' };
  if (isBeingDeleted(facts, parent))
    return { reason: 'The backup to add to, or one that it builds on, is being deleted. Make a full one.' };
  if (!isWhole(parent, backups)) return { reason: 'A backup that the one to add to builds on is damaged. Make a full one.' };
  if (instance.dataSince !== null && parent.createdAt < instance.dataSince)
    return { reason: 'The data was replaced by a restore after the backup to add to was made. Make a full one.' };
  if (parent.version !== instance.version) return { reason: 'The backup to add to is of another version. Make a full one.' };
  if (!allowsPlace(storage, parent))
    return {
      field: 'storage',
      reason: `An increment lies where ${parent.name} lies, which it adds to. Leave the storage to it, or make a full one.`,
    };
  return null;
}
