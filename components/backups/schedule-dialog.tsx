import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useBackupScheduleChanges } from '#client/queries/backup-schedules.ts';
import { StorageSelect } from '#components/storage/storage-select.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { CountField } from './count-field.tsx';
import { describeIncrements, emptyDraft, readDraft, refuseCount, type ScheduleDraft, toSettings } from './schedule-draft.ts';
import { SchedulePreview } from './schedule-preview.tsx';
import { ScheduleTimeFields } from './schedule-time-fields.tsx';
import { findOwnTimeZone } from './zoned-time.ts';

const jitters = { 0: 'To the second', 60: 'Within a minute', 300: 'Within 5 minutes', 900: 'Within 15 minutes', 3600: 'Within an hour' };

/** Makes a schedule, or changes one; beside the fields stands what it would do. */
export function ScheduleDialog({ instance, schedule, onDone }: { instance: Instance; schedule: BackupSchedule | null; onDone(): void }) {
  const { create, update } = useBackupScheduleChanges(instance.id);
  const [draft, setDraft] = useState(() => (schedule === null ? emptyDraft(findOwnTimeZone()) : readDraft(schedule)));
  const change = (changes: Partial<ScheduleDraft>) => setDraft((old) => ({ ...old, ...changes }));
  const settings = toSettings(draft);
  const { error, isPending } = schedule === null ? create : update;
  const problem = error === null ? null : toApiProblem(error);
  const save = () => {
    if (settings === null) return;
    if (schedule === null) create.mutate(settings, { onSuccess: onDone });
    else update.mutate({ id: schedule.id, ...settings }, { onSuccess: onDone });
  };
  const { incrementalBackups } = getDatastore(instance.datastore);
  return (
    <FormDialog
      wide
      title={schedule === null ? `Back up ${instance.name} by schedule` : `Schedule of ${instance.name}`}
      description="It runs with your rights, for as long as you have them."
      verb={schedule === null ? 'Add schedule' : 'Save schedule'}
      refusal={settings === null ? 'A number is out of its bounds: see the field in red.' : null}
      busy={isPending}
      className="grid gap-x-8 gap-y-4 sm:grid-cols-[1fr_15rem]"
      run={save}
      onDone={onDone}
    >
      <div className="grid min-w-0 grid-cols-2 content-start gap-4">
        <ScheduleTimeFields draft={draft} onChange={change} />
        <Field label="Start" hint="Spreads instances, so that they do not all start at once." className="col-span-2">
          {(control) => (
            <Select {...control} value={draft.jitterSeconds} onChange={(event) => change({ jitterSeconds: Number(event.target.value) })}>
              {Object.entries({ [draft.jitterSeconds]: `Within ${draft.jitterSeconds} s`, ...jitters }).map(([seconds, words]) => (
                <option key={seconds} value={seconds}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label="Storage"
          className="col-span-2"
          {...(incrementalBackups
            ? { hint: 'One that adds to another lies where that one does: another place begins with a full one.' }
            : {})}
          error={problem?.field === 'storage' ? problem.message : undefined}
        >
          {(control) => (
            <StorageSelect
              control={control}
              projectId={instance.projectId}
              value={draft.storage}
              onChange={(storage) => change({ storage })}
            />
          )}
        </Field>
        {incrementalBackups && (
          <CountField
            label="Increments after a full one"
            error={refuseCount(draft, 'increments')}
            hint={describeIncrements(draft.increments) ?? 'How many add to it before the next full one; 0 for none.'}
            value={draft.increments}
            onChange={(increments) => change({ increments })}
          />
        )}
        <CountField
          label="Keep the newest"
          error={refuseCount(draft, 'keepCount')}
          hint="Empty keeps any number."
          value={draft.keepCount}
          onChange={(keepCount) => change({ keepCount })}
        />
        <CountField
          label="Keep for days"
          error={refuseCount(draft, 'keepDays')}
          hint="Empty keeps any age."
          value={draft.keepDays}
          onChange={(keepDays) => change({ keepDays })}
        />
        <CountField
          label="Prove one backup in"
          error={refuseCount(draft, 'proveEvery')}
          hint={
            hasCapability(instance.datastore, 'archive')
              ? 'It is restored for proof, and the archive before it. Empty proves none.'
              : 'It is restored for proof. Empty proves none.'
          }
          value={draft.proveEvery}
          onChange={(proveEvery) => change({ proveEvery })}
        />
        <p className="col-span-2 text-12 text-muted">
          Whatever either rule lets go is deleted after the next completed backup: only backups of this schedule, never its newest one, and
          none that another builds on.
        </p>
        {problem !== null && problem.field !== 'cron' && problem.field !== 'storage' && (
          <div className="col-span-2">
            <FaultNote error={error} />
          </div>
        )}
      </div>
      <section aria-label="What it would do" aria-live="polite" className="min-w-0 rounded-panel border border-line bg-sunken p-3">
        {settings === null ? (
          <p className="text-muted">What it would do is shown once every number is within its bounds.</p>
        ) : (
          <SchedulePreview instanceId={instance.id} scheduleId={schedule?.id ?? null} settings={settings} />
        )}
      </section>
    </FormDialog>
  );
}
