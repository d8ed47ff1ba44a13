import { z } from 'zod';
import { Id } from '../names.ts';
import { defineOperation, step } from './operation.ts';

/** A backup is really restored, on a guest of its own that nobody else sees and that is gone afterwards; its source is never touched. */
export const proveBackup = defineOperation({
  title: 'Prove backup',
  verb: 'Prove',
  danger: 'none',
  action: 'backup.prove',
  subject: 'backup',
  runningStatus: null,
  claims: 'nothing',
  input: z.object({ backupId: Id }),
  steps: ['wait-turn', 'reserve-guest', 'restore', 'start', 'check', 'remove-guest'],
  plan: () => [
    step('wait-turn', 'Wait for its turn', { cancellable: true, resumable: false }),
    step('reserve-guest', 'Reserve a scratch guest', { cancellable: true, resumable: false }),
    step('restore', 'Fetch and unpack the chain', { cancellable: true, resumable: false }),
    step('start', 'Start until it answers', { cancellable: true, resumable: false }),
    step('check', 'Check and compare', { cancellable: true, resumable: false }),
    step('remove-guest', 'Remove the scratch guest', { resumable: false }),
  ],
  refuse: (facts, input) => {
    if (input === null) return null;
    const backup = facts.backups.find((candidate) => candidate.id === input.backupId);
    if (!backup) return { reason: 'The backup does not exist in this project.' };
    // One that was found damaged may be whole again: a key or a part that was missing is back.
    if (backup.state !== 'COMPLETED' && backup.state !== 'CORRUPT')
      return { reason: `The backup is ${backup.state.toLowerCase()}; only a completed one can be restored.` };
    if (backup.proof?.state === 'running') return { reason: 'It is being restored for proof already.' };
    return null;
  },
  sentence: (facts, input) => `Proving ${facts.backups.find(({ id }) => id === input.backupId)?.name ?? 'the backup'}.`,
});
