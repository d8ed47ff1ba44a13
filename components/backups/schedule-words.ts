import type { BackupScheduleSettings } from '#contract/resources/backup-schedule.ts';
import type { StorageTarget } from '#contract/resources/storage-target.ts';
import { type ScheduleDraft, weekdays } from './schedule-draft.ts';

/** "Every day at 03:00", as the form has it. */
export function describeTiming({ preset, minute, time, weekday, cron }: ScheduleDraft): string {
  if (preset === 'hourly') return `Every hour at :${minute.padStart(2, '0')}`;
  if (preset === 'daily') return `Every day at ${time}`;
  if (preset === 'weekly') return `Every ${weekdays[Number(weekday)]} at ${time}`;
  return `By the cron ${cron.trim()}`;
}

/** What the time zone and the jitter make of that time. */
export function describeStart({ timeZone, jitterSeconds }: Pick<ScheduleDraft, 'timeZone' | 'jitterSeconds'>): string {
  const minutes = Math.round(jitterSeconds / 60);
  const later = minutes === 0 ? '' : minutes === 60 ? ', or up to an hour later' : `, or up to ${minutes} min later`;
  return `${timeZone}${later}`;
}

export function describePlace(storage: string, targets: readonly StorageTarget[] | undefined): string {
  if (storage === 'default') return 'Stored where the project’s backups go.';
  if (storage === 'local') return 'Stored in the local directory.';
  if (targets === undefined) return '';
  const target = targets.find(({ id }) => id === storage);
  return target === undefined ? 'The storage chosen for it is gone: choose another one.' : `Stored in ${target.name}.`;
}

export function describeProving({ proveEvery }: Pick<BackupScheduleSettings, 'proveEvery'>, isArchivable: boolean): string {
  if (proveEvery === null) return 'None is restored for proof.';
  const which = proveEvery === 1 ? 'Each' : `One in ${proveEvery}`;
  return `${which} is restored for proof${isArchivable ? ', and so is the one before it with all that was archived up to it' : ''}.`;
}

export function describeKeeping({
  fullEvery,
  keepCount,
  keepDays,
}: Pick<BackupScheduleSettings, 'fullEvery' | 'keepCount' | 'keepDays'>): string {
  const kinds = fullEvery === 1 ? 'Full backups.' : `A full backup and ${fullEvery - 1} that add to it, in turn.`;
  const days = keepDays === null ? null : keepDays === 1 ? 'one day' : `${keepDays} days`;
  if (keepCount === null) return `${kinds} ${days === null ? 'All are kept.' : `Kept for ${days}.`}`;
  return `${kinds} The newest ${keepCount === 1 ? 'one is' : `${keepCount} are`} kept${days === null ? '' : `, for ${days} at most`}.`;
}
