import * as z from 'zod';
import { Id, Moment } from '../names.ts';
import type { Backup } from '../resources/backup.ts';
import { lateMs, planRestorePoint, refusePoint } from '../restore-window.ts';
import { isBeingDeleted } from './delete-backup.ts';
import { defineOperation, nameBackup, type OperationFacts, type Refusal, step } from './operation.ts';

/**
 * A backup is really restored, on a guest of its own that nobody else sees and that is gone afterwards; its source is never touched. With a
 * moment, the archive is replayed on it up to then.
 */
export const proveBackup = defineOperation({
  title: 'Prove backup',
  verb: 'Prove',
  danger: 'none',
  action: 'backup.prove',
  subject: 'backup',
  runningStatus: null,
  claims: 'nothing',
  input: z.object({ backupId: Id, atMs: Moment.nullable().default(null) }),
  steps: ['wait-turn', 'reserve-guest', 'restore', 'start', 'check', 'remove-guest'],
  plan: (_facts, input) => [
    step('wait-turn', 'Wait for its turn', { cancellable: true, resumable: false }),
    step('reserve-guest', 'Reserve a scratch guest', { cancellable: true, resumable: false }),
    step('restore', typeof input.atMs === 'number' ? 'Fetch, and replay up to the moment' : 'Fetch and unpack the chain', {
      cancellable: true,
      resumable: false,
    }),
    step('start', 'Start until it answers', { cancellable: true, resumable: false }),
    step('check', 'Check and compare', { cancellable: true, resumable: false }),
    step('remove-guest', 'Remove the scratch guest', { resumable: false }),
  ],
  refuse: (facts, input, nowMs) => {
    if (input === null) return null;
    const backup = facts.backups.find((candidate) => candidate.id === input.backupId);
    if (!backup) return { reason: 'The backup does not exist in this project.' };
    // One that was found damaged may be whole again: a key or a part that was missing is back.
    if (backup.state !== 'COMPLETED' && backup.state !== 'CORRUPT')
      return { reason: `The backup is ${backup.state.toLowerCase()}; only a completed one can be restored.` };
    if (isBeingDeleted(facts, backup)) return { reason: 'It is being deleted.' };
    if (backup.proof?.state === 'running') return { reason: 'It is being restored for proof already.' };
    return typeof input.atMs === 'number' ? refuseMoment(facts, backup, input.atMs, nowMs) : null;
  },
  about: (facts, input) => nameBackup(facts, input.backupId),
  sentence: (facts, input) => `Proving ${nameBackup(facts, input.backupId) || 'the backup'}.`,
});

/** Only where somebody looked at the window. What is written already and will be archived within seconds is waited for. */
function refuseMoment({ restoreWindows }: OperationFacts, backup: Backup, askedMs: number, nowMs: number): Refusal {
  if (restoreWindows === undefined) return null;
  const window = restoreWindows.find(({ instanceId }) => instanceId === backup.instanceId);
  if (window === undefined) return { reason: 'The instance of this backup was never archived.', field: 'atMs' };
  const newest = window.windows.at(-1);
  // By the guest's clock, which may be ahead of ours by as much as an archive may be late.
  const isComing = newest?.isOpen === true && window.lagMs !== null && window.lagMs <= lateMs && askedMs <= nowMs + lateMs;
  const atMs = isComing ? Math.min(askedMs, newest.toMs) : askedMs;
  const refused = refusePoint(window, atMs);
  if (refused !== null) return { reason: refused.reason, field: 'atMs' };
  const isLed = planRestorePoint(window, atMs, backup.id) !== null;
  return isLed ? null : { reason: `The archive does not lead from ${backup.name} to this moment. Choose another backup.`, field: 'atMs' };
}
