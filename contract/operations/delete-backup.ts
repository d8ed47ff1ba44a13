import * as z from 'zod';
import { writeMoment } from '../moment-text.ts';
import { Id } from '../names.ts';
import { type Backup, buildsOn } from '../resources/backup.ts';
import { formatBytes } from '../size-text.ts';
import { defineOperation, nameBackup, type OperationFacts, step } from './operation.ts';

export const deleteBackup = defineOperation({
  title: 'Delete backup',
  verb: 'Delete backup',
  danger: 'destructive',
  action: 'backup.delete',
  subject: 'backup',
  runningStatus: null,
  claims: 'nothing',
  input: z.object({
    backupId: Id,
    /** With everything that builds on it, which must be confirmed by the backup's typed name. */
    withChain: z.boolean().default(false),
    confirmName: z.string().default(''),
  }),
  steps: ['remove', 'forget'],
  plan: () => [step('remove', 'Remove from storage'), step('forget', 'Remove from the catalogue')],
  refuse: (facts, input) => {
    if (input === null) return null;
    const backup = facts.backups.find((candidate) => candidate.id === input.backupId);
    if (!backup) return { reason: 'The backup does not exist in this project.' };
    if (isBeingMade(backup)) return { reason: 'The backup is still being made. Cancel its operation instead.' };
    const chain = input.withChain ? listBuiltOn(facts.backups, backup.id) : [];
    if (isBeingDeleted(facts, backup)) return { reason: 'It is being deleted already.' };
    if ([backup, ...chain].some(({ proof }) => proof?.state === 'running'))
      return { reason: 'It is being restored for proof. Cancel that, or wait until it ends.' };
    if ([backup, ...chain].some(({ id }) => facts.backupsInWork?.includes(id)))
      return { reason: 'It is being restored, added to or deleted, or a backup that builds on it is. Wait until that ends, or cancel it.' };
    if (!input.withChain && facts.backups.some((candidate) => buildsOn(candidate, backup.id)))
      return { reason: 'Incremental backups build on it. Delete them first, or the whole chain.' };
    if (chain.some(isBeingMade)) return { reason: 'A backup that builds on it is still being made. Wait until it ends, or cancel it.' };
    if (chain.length > 0 && input.confirmName !== backup.name)
      return { reason: 'The typed name differs from the backup’s name.', field: 'confirmName' };
    return null;
  },
  confirm: {
    typed: false,
    typedName: ({ backups }, input) => {
      const backup = backups.find(({ id }) => id === input.backupId);
      return input.withChain && backup && listBuiltOn(backups, backup.id).length > 0 ? backup.name : null;
    },
    goes: ({ backups }, input) => {
      const backup = backups.find(({ id }) => id === input?.backupId);
      if (!backup) return ['The stored copy. It cannot be restored afterwards.'];
      const chain = input?.withChain ? listBuiltOn(backups, backup.id) : [];
      return [...describeGoing(backup, chain), ...describeBase(backups, [backup, ...chain])];
    },
    stays: ({ backups }, input) => {
      const backup = backups.find(({ id }) => id === input?.backupId);
      if (!backup) return [];
      const going = [backup, ...(input?.withChain ? listBuiltOn(backups, backup.id) : [])];
      const hasOthers = backups.some((one) => one.instanceId === backup.instanceId && !going.includes(one));
      return hasOthers ? ['The instance and its other backups.'] : ['The instance.'];
    },
  },
  about: (facts, { backupId, withChain }) => {
    const more = withChain ? listBuiltOn(facts.backups, backupId).length : 0;
    const name = nameBackup(facts, backupId);
    return more === 0 ? name : `${name} and ${more} that ${more === 1 ? 'builds' : 'build'} on it`;
  },
  sentence: (facts, { backupId, withChain }) => {
    const more = withChain ? listBuiltOn(facts.backups, backupId).length : 0;
    return more === 0 ? `Deleting ${nameBackup(facts, backupId) || 'the backup'}.` : `Deleting ${more + 1} backups.`;
  },
});

function describeGoing(backup: Backup, chain: readonly Backup[]): string[] {
  if (chain.length === 0)
    return backup.sizeBytes === null
      ? [`${backup.name}, of which nothing can be restored.`]
      : [`${backup.name}, ${formatBytes(backup.sizeBytes)}. It cannot be restored afterwards.`];
  const bytes = [backup, ...chain].reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return [
    `${chain.length + 1} stored copies, ${formatBytes(bytes)}: ${backup.name} and ${chain.length} that ${chain.length === 1 ? 'builds' : 'build'} on it.`,
    'None of them can be restored afterwards.',
  ];
}

/** Moments are restored from a full backup on: what was archived before the oldest that stays is of no use. */
function describeBase(backups: readonly Backup[], going: readonly Backup[]): string[] {
  const isBase = ({ kind, state }: Backup) => kind === 'full' && state === 'COMPLETED';
  const last = going.find(isBase);
  if (!last) return [];
  const [oldest] = backups
    .filter((one) => one.instanceId === last.instanceId && isBase(one) && !going.includes(one))
    .sort((a, b) => endOf(a) - endOf(b));
  if (oldest === undefined)
    return [`No full backup of ${last.instanceName} is left then: nothing of it can be restored, no archived moment either.`];
  if (endOf(oldest) < endOf(last)) return [];
  return [
    `Every archived moment before ${writeMoment(endOf(oldest))}: ${oldest.name} is the oldest full backup of ${last.instanceName} then.`,
  ];
}

function endOf({ endedAt, createdAt }: Backup): number {
  return Date.parse(endedAt ?? createdAt);
}

/** Everything that builds on a backup, directly or not, the farthest first: what must go before it. What failed goes with it. */
export function listBuiltOn<B extends Pick<Backup, 'id' | 'parentId'>>(backups: readonly B[], id: string): B[] {
  const found: B[] = [];
  for (let parents = [id]; parents.length > 0; ) {
    const children = backups.filter(
      ({ parentId, id: own }) => parentId !== null && parents.includes(parentId) && !found.some((one) => one.id === own),
    );
    found.unshift(...children);
    parents = children.map((child) => child.id);
  }
  return found;
}

/** By an operation of its own, or with one that it builds on. */
export function isBeingDeleted({ backups, backupsBeingDeleted = [] }: Deletions, { id }: Pick<Backup, 'id'>): boolean {
  return backupsBeingDeleted.some((going) => going === id || listBuiltOn(backups, going).some((one) => one.id === id));
}

type Deletions = Pick<OperationFacts, 'backups' | 'backupsBeingDeleted'>;

function isBeingMade({ state }: OperationFacts['backups'][number]): boolean {
  return ['NEW', 'BUILDING', 'SAVING'].includes(state);
}
