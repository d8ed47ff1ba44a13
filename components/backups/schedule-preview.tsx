import { toApiProblem } from '#client/problem.ts';
import { useSchedulePreview } from '#client/queries/backup-schedules.ts';
import type { BackupSchedulePreview, BackupScheduleSettings } from '#contract/resources/backup-schedule.ts';
import { formatInZone } from './zoned-time.ts';

type Props = { instanceId: string; scheduleId: string | null; settings: BackupScheduleSettings };

/** What the schedule in the form would do: in words, its next five runs, what it would delete. */
export function SchedulePreview({ instanceId, scheduleId, settings }: Props) {
  const { data, error, isPlaceholderData } = useSchedulePreview(instanceId, { ...settings, scheduleId });
  if (error !== null) return <p className="text-broken">{toApiProblem(error).message}</p>;
  if (data === undefined) return <p className="text-faint">Asking when it would run.</p>;
  return (
    <div className={isPlaceholderData ? 'space-y-3 opacity-60' : 'space-y-3'}>
      <p className="font-medium">{data.words}</p>
      <ol className="num space-y-0.5 text-muted">
        {data.runs.map((run) => (
          <li key={run}>{formatInZone(run, settings.timeZone)}</li>
        ))}
      </ol>
      {scheduleId !== null && <NextDeletions preview={data} />}
    </div>
  );
}

/** What goes once the next backup is complete, and what would if nothing built on it. */
export function NextDeletions({ preview: { goes, held } }: { preview: Pick<BackupSchedulePreview, 'goes' | 'held'> }) {
  return (
    <div className="space-y-1 text-12">
      <p className="text-muted">{goes.length === 0 ? 'Deletes nothing then.' : 'Deletes, once it is complete:'}</p>
      <Reasons verdicts={goes} />
      {held.length > 0 && <p className="text-muted">Due to go, but stays:</p>}
      <Reasons verdicts={held} />
    </div>
  );
}

const shownAtOnce = 5;

function Reasons({ verdicts }: { verdicts: BackupSchedulePreview['goes'] }) {
  const rest = verdicts.length - shownAtOnce;
  if (verdicts.length === 0) return null;
  return (
    <ul className="space-y-0.5">
      {verdicts.slice(0, shownAtOnce).map(({ backupId, name, reason }) => (
        <li key={backupId} className="break-words">
          <span className="num mr-2">{name}</span>
          <span className="text-muted">{reason}</span>
        </li>
      ))}
      {rest > 0 && <li className="text-muted">and {rest} more</li>}
    </ul>
  );
}
