import * as z from 'zod';
import { Id } from '../names.ts';
import {
  defineOperation,
  nameBackup,
  type OperationFacts,
  refuseUnlessCapable,
  refuseUnlessHeard,
  spareBackups,
  step,
} from './operation.ts';
import { describeUnfit, refuseSize } from './restore-fit.ts';

/** What is typed by whoever goes on although nothing can be backed up first. */
export const overrideWords = 'without a safety backup';

/** The instance keeps its name and address and gets the data of one of its backups. The old data comes back when the new does not answer. */
export const restoreInPlace = defineOperation({
  title: 'Restore in place',
  verb: 'Restore in place',
  danger: 'destructive',
  action: 'instance.restore',
  subject: 'instance',
  runningStatus: 'RESTORE',
  input: z.object({
    backupId: Id.meta({ title: 'Backup' }),
    /** Needed while the database does not run; while it runs, for going on where its storage or a quota takes no more. */
    override: z
      .string()
      .default('')
      .meta({ title: `Only where nothing can be backed up first: type “${overrideWords}”`, isLast: true }),
    confirmName: z.string(),
  }),
  steps: ['store', 'fetch', 'exchange', 'verify', 'settle', 'back-up'],
  plan: (facts, input) => [
    ...(backsUpFirst(facts, input) ? [step('store', 'Make a safety backup', { cancellable: true, resumable: false })] : []),
    step('fetch', 'Fetch and unpack beside the present data', { cancellable: true, resumable: false }),
    step('exchange', 'Stop, put the present data aside, start on the restored data', { resumable: false }),
    step('verify', 'Verify that it answers', { resumable: false }),
    step('settle', 'Remove the data put aside'),
    step('back-up', 'Make a full backup of the restored data', { cancellable: true }),
  ],
  takes: (facts, input) => ({ backups: backsUpFirst(facts, input) ? 2 : 1 }),
  spare: spareBackups,
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessCapable(facts, 'backup', 'backups') ?? refuseUnlessHeard(facts, nowMs) ?? refuseKin(facts);
    if (refusal !== null || facts.instance === null) return refusal;
    if (facts.instance.unsettledRestoreId !== null)
      return { reason: 'Of an earlier restore in place the old and the new data both lie there. Settle that one first.' };
    if (input === null)
      return facts.instance.lastBackupAt === null ? { reason: 'It has no complete backup to go back to. Make one first.' } : null;
    const backup = facts.backups.find((candidate) => candidate.id === input.backupId);
    if (!backup || backup.instanceId !== facts.instance.id)
      return { reason: 'Choose one of this instance’s backups. Another’s is restored to a new instance.' };
    const unfit = describeUnfit(facts, backup);
    if (unfit !== null) return { reason: unfit };
    if (backup.version !== facts.instance.version)
      return { reason: 'The backup is of another version. Restore it to a new instance of that version.' };
    const tooSmall = refuseSize(facts.instance, backup);
    if (tooSmall !== null) return { reason: `${tooSmall.reason} Enlarge it first.` };
    if (!isRunning(facts) && input.override !== overrideWords)
      return { reason: `The database does not run, so nothing can be backed up first. Start it, or type “${overrideWords}”.` };
    if (!['', overrideWords].includes(input.override))
      return { reason: `Type “${overrideWords}” to go on without one, or leave it empty.`, field: 'override' };
    if (input.confirmName !== facts.instance.name)
      return { reason: 'The typed name differs from the instance’s name.', field: 'confirmName' };
    return null;
  },
  confirm: {
    typed: true,
    goes: (facts, input) => [
      'Everything written since that backup, accounts and passwords included.',
      'Connections: the database is down for about as long as a restart takes. The backup is fetched before, while it runs.',
      ...(backsUpFirst(facts, input) ? [] : [`The present state for good: ${sayUnsafe(facts)}.`]),
    ],
    stays: (facts, input) => [
      ...(backsUpFirst(facts, input) ? ['The present state, in a safety backup made first. Where that fails, nothing is changed.'] : []),
      'The present data beside it until the restored database answers; if it does not, the present data comes back.',
      'The name, the address and every backup. A full one is made when it answers, so that what is written from then on can be restored, too.',
    ],
  },
  about: (facts, input) => `to ${nameBackup(facts, input.backupId)}`,
  sentence: (facts, input) => `Restoring ${facts.instance?.name} to ${nameBackup(facts, input.backupId) || 'its backup'}.`,
});

function refuseKin({ instance, set }: OperationFacts) {
  if (instance?.role === 'replica') return { reason: 'A replica has its source’s data. Restore the source, or detach this one first.' };
  if (set.some((member) => member.sourceId === instance?.id))
    return { reason: 'Its replicas would go on with the data of before. Detach or delete them first.' };
  return null;
}

function backsUpFirst(facts: OperationFacts, input: { override?: string } | null | undefined): boolean {
  return isRunning(facts) && input?.override !== overrideWords;
}

function sayUnsafe(facts: OperationFacts): string {
  return isRunning(facts) ? 'no safety backup is made' : 'the database does not run, so no safety backup can be made';
}

function isRunning({ instance }: OperationFacts): boolean {
  return instance?.guest?.processState === 'running';
}
