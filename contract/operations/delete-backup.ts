import { z } from 'zod';
import { Id } from '../names.ts';
import { buildsOn } from '../resources/backup.ts';
import { defineOperation, step } from './operation.ts';

export const deleteBackup = defineOperation({
  title: 'Delete backup',
  verb: 'Delete backup',
  danger: 'destructive',
  action: 'backup.delete',
  subject: 'backup',
  runningStatus: null,
  claims: 'nothing',
  input: z.object({ backupId: Id }),
  steps: ['remove', 'forget'],
  plan: () => [step('remove', 'Remove from storage'), step('forget', 'Remove from the catalogue')],
  refuse: (facts, input) => {
    if (input === null) return null;
    const backup = facts.backups.find((candidate) => candidate.id === input.backupId);
    if (!backup) return { reason: 'The backup does not exist in this project.' };
    if (['NEW', 'BUILDING', 'SAVING'].includes(backup.state))
      return { reason: 'The backup is still being made. Cancel its operation instead.' };
    if (facts.backups.some((candidate) => buildsOn(candidate, backup.id)))
      return { reason: 'Incremental backups build on it. Delete them first.' };
    return null;
  },
  confirm: {
    typed: false,
    goes: () => ['The stored copy. It cannot be restored afterwards.'],
    stays: () => ['The instance and its other backups.'],
  },
  sentence: () => 'Deleting the backup.',
});
