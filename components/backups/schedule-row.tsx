import { CirclePlay, Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useBackupScheduleChanges, useSchedulePreview } from '#client/queries/backup-schedules.ts';
import { useDenial } from '#client/queries/me.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import { NextDeletions } from './schedule-preview.tsx';
import { describeKeeping, describePlace, describeProving } from './schedule-words.ts';
import { formatInZone } from './zoned-time.ts';

type Props = {
  schedule: BackupSchedule;
  /** Its backups are proved together with what is archived between them. */
  isArchivable: boolean;
  /** Why it cannot be changed; null when it can. */
  denial: string | null;
  fresh: string;
  onEdit(): void;
};

/** One schedule: when, how it went, what comes and what goes. */
export function ScheduleRow({ schedule, isArchivable, denial, fresh, onEdit }: Props) {
  const { id, instanceId, cron, timeZone, jitterSeconds, fullEvery, keepCount, keepDays, proveEvery, storage } = schedule;
  const asked = { cron, timeZone, jitterSeconds, fullEvery, keepCount, keepDays, proveEvery, storage, scheduleId: id };
  const { data: preview } = useSchedulePreview(instanceId, asked, `${schedule.revision} ${fresh}`);
  const targets = useStorageTargets().data?.items;
  const words = preview?.words ?? `${cron}, ${timeZone}`;
  return (
    <li className="grid grid-cols-1 gap-x-8 gap-y-3 px-4 py-3 md:grid-cols-2">
      <div className="min-w-0 space-y-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          {words}
          {!schedule.enabled && <Chip tone="stopped">paused</Chip>}
        </p>
        <p className="text-12 text-muted">
          {describeKeeping(schedule)} {describeProving(schedule, isArchivable)} {describePlace(storage, targets)} Runs with the rights of{' '}
          {schedule.changedBy}.
        </p>
        <LastRun schedule={schedule} />
        <ScheduleActions schedule={schedule} words={words} denial={denial} onEdit={onEdit} />
      </div>
      <div className="min-w-0 space-y-1">
        {schedule.nextRunAt === null ? (
          <p className="text-muted">No next run while it is paused.</p>
        ) : (
          <p>
            Next <RelativeTime at={schedule.nextRunAt} ahead className="num" />
            <span className="text-muted">
              , {formatInZone(schedule.nextRunAt, timeZone)}
              {preview !== undefined && `, ${preview.next.kind}`}
            </span>
          </p>
        )}
        {preview !== undefined && schedule.enabled && <NextDeletions preview={preview} />}
      </div>
    </li>
  );
}

function LastRun({ schedule: { lastOutcome, lastRunAt, lastTone } }: { schedule: BackupSchedule }) {
  if (lastOutcome === null) return <p className="text-12 text-faint">It has not run yet.</p>;
  return (
    <p className="flex items-baseline gap-2">
      <Mark tone={lastTone ?? 'unknown'} className="translate-y-px" />
      <span className="min-w-0 break-words">
        {lastOutcome} {lastRunAt !== null && <RelativeTime at={lastRunAt} className="num text-12 text-faint" />}
      </span>
    </p>
  );
}

function ScheduleActions({ schedule, words, denial, onEdit }: Omit<Props, 'fresh' | 'isArchivable'> & { words: string }) {
  const { update, run, remove } = useBackupScheduleChanges(schedule.instanceId);
  const runDenial = useDenial('backup.create', schedule.projectId);
  const [ending, setEnding] = useState(false);
  const { id, enabled } = schedule;
  const which = <span className="sr-only"> the schedule {words}</span>;
  return (
    <div className="-ml-2 flex flex-wrap gap-1 pt-1">
      <Button
        size="sm"
        look="quiet"
        icon={Play}
        refusal={runDenial ?? (enabled ? null : 'The schedule is paused. Resume it first.')}
        busy={run.isPending}
        onClick={() => run.mutate(id, { onSuccess: () => notify('The backup starts within seconds.'), onError: notifyProblem })}
      >
        Run now{which}
      </Button>
      <Button
        size="sm"
        look="quiet"
        icon={enabled ? Pause : CirclePlay}
        refusal={denial}
        busy={update.isPending}
        onClick={() => update.mutate({ id, enabled: !enabled }, { onError: notifyProblem })}
      >
        {enabled ? 'Pause' : 'Resume'}
        {which}
      </Button>
      <Button size="sm" look="quiet" icon={Pencil} refusal={denial} onClick={onEdit}>
        Edit{which}
      </Button>
      <Button size="sm" look="quiet" icon={Trash2} refusal={denial} onClick={() => setEnding(true)}>
        Delete{which}
      </Button>
      <ConfirmDialog
        open={ending}
        onOpenChange={setEnding}
        title="Delete schedule"
        verb="Delete schedule"
        goes={[`The schedule “${words}”. Nothing is backed up or deleted by it any more.`]}
        stays={['Every backup it made, until somebody deletes it.']}
        run={() => remove.mutateAsync(id)}
      />
    </div>
  );
}
