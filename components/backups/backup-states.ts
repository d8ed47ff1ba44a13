import type { Tone } from '#contract/health.ts';
import type { Backup, BackupState } from '#contract/resources/backup.ts';

/** Each state as mark and word. */
export const backupStates = {
  NEW: { tone: 'working', label: 'Queued' },
  BUILDING: { tone: 'working', label: 'Preparing' },
  SAVING: { tone: 'working', label: 'Saving' },
  COMPLETED: { tone: 'healthy', label: 'Completed' },
  FAILED: { tone: 'broken', label: 'Failed' },
  CANCELLED: { tone: 'stopped', label: 'Cancelled' },
  CORRUPT: { tone: 'broken', label: 'Damaged' },
  DELETE_FAILED: { tone: 'attention', label: 'Not deleted' },
} as const satisfies Record<BackupState, { tone: Tone; label: string }>;

export function isBeingMade(state: BackupState): boolean {
  return state === 'NEW' || state === 'BUILDING' || state === 'SAVING';
}

/** One that its storage does not have any more is called so: whether it is damaged nobody knows. */
export function describeState({ state, missingSince }: Pick<Backup, 'state' | 'missingSince'>): { tone: Tone; label: string } {
  return missingSince === null ? backupStates[state] : { ...backupStates[state], label: 'Missing' };
}
