import type { ReactNode } from 'react';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { CountField } from '#components/backups/count-field.tsx';
import { refuseCount, type ScheduleDraft, toSettings } from '#components/backups/schedule-draft.ts';
import { ScheduleTimeFields } from '#components/backups/schedule-time-fields.tsx';
import { describeKeeping, describePlace, describeProving, describeStart, describeTiming } from '#components/backups/schedule-words.ts';
import { StorageSelect } from '#components/storage/storage-select.tsx';
import { Field } from '#components/ui/field.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import { isProtected } from './draft.ts';
import type { DraftFormProps } from './use-draft.ts';

/** Whether it is backed up by itself from the start, when, and what is kept. The rest of a schedule is changed once it is there. */
export function DraftProtection({ desk: { draft, change, protectionDenial }, faults }: DraftFormProps) {
  const { datastore, from, projectId, schedule } = draft;
  if (!hasCapability(datastore, 'backup')) return <Muted>{getDatastore(datastore).title} is not backed up here yet.</Muted>;
  if (protectionDenial !== null)
    return <Muted>It is backed up when somebody asks for it. A schedule deletes old backups. {protectionDenial}</Muted>;
  const isOn = isProtected(draft);
  const plan = (changes: Partial<ScheduleDraft>) => change({ schedule: { ...schedule, ...changes } });
  return (
    <>
      <Switch checked={isOn} onChange={(protect) => change({ protect })}>
        Back it up by schedule
      </Switch>
      {!isOn && (
        <Muted>
          {from.kind === 'replica'
            ? 'A replica has the data of its source: backups of the source are enough.'
            : 'Nothing of it can be restored until somebody makes a backup.'}
        </Muted>
      )}
      {isOn && (
        <>
          <Words schedule={schedule} isArchivable={hasCapability(datastore, 'archive')} />
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            <ScheduleTimeFields draft={schedule} cronError={faults['protection.cron']} onChange={plan} />
            <CountField
              label="Keep the newest"
              error={refuseCount(schedule, 'keepCount')}
              hint="Empty keeps any number."
              value={schedule.keepCount}
              onChange={(keepCount) => plan({ keepCount })}
            />
            <CountField
              label="Keep for days"
              error={refuseCount(schedule, 'keepDays')}
              hint="Empty keeps any age."
              value={schedule.keepDays}
              onChange={(keepDays) => plan({ keepDays })}
            />
            <Field label="Storage" className="col-span-2" error={faults['protection.storage']}>
              {(control) => (
                <StorageSelect control={control} projectId={projectId} value={schedule.storage} onChange={(storage) => plan({ storage })} />
              )}
            </Field>
          </div>
        </>
      )}
    </>
  );
}

function Words({ schedule, isArchivable }: { schedule: ScheduleDraft; isArchivable: boolean }) {
  const targets = useStorageTargets().data?.items;
  const settings = toSettings(schedule);
  if (settings === null) return null;
  return (
    <p>
      {describeTiming(schedule)}, {describeStart(schedule)}.{' '}
      <span className="text-muted">
        {describeKeeping(settings)} {describeProving(settings, isArchivable)} {describePlace(settings.storage, targets)} It runs with your
        rights, and is changed on the Backups tab.
      </span>
    </p>
  );
}

function Muted({ children }: { children: ReactNode }) {
  return <p className="text-muted">{children}</p>;
}
