import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useProjects } from '#client/queries/projects.ts';
import { useRecoveryChanges } from '#client/queries/recovery.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { Field, Select } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { describeIssue } from '#contract/plain-issues.ts';
import { type Recovery, RecoveryPlan } from '#contract/resources/recovery.ts';

const intervals = { 15: 'Every 15 minutes', 60: 'Every hour', 360: 'Every 6 hours', 1440: 'Every day' };

export function describeInterval(minutes: number): string {
  return intervals[minutes as keyof typeof intervals] ?? `Every ${minutes} minutes`;
}

/** Where the control plane saves itself, how often, how many saves stay. It is saved there at once. */
export function RecoveryDialog({ recovery, onDone }: { recovery: Recovery; onDone(): void }) {
  const { change } = useRecoveryChanges();
  const targets = useStorageTargets().data?.items ?? [];
  const projects = useProjects().data?.items ?? [];
  const [storageTargetId, setTarget] = useState(recovery.storageTargetId ?? '');
  const [everyMinutes, setEvery] = useState(recovery.everyMinutes);
  const [keep, setKeep] = useState(String(recovery.keepCount));
  const keepCount = RecoveryPlan.shape.keepCount.safeParse(/^\d+$/.test(keep) ? Number(keep) : keep, { error: describeIssue });
  const run = () => {
    if (!keepCount.success) return;
    change.mutate(
      { storageTargetId: storageTargetId === '' ? null : storageTargetId, everyMinutes, keepCount: keepCount.data },
      {
        onSuccess: () => {
          notify('The control plane is saved there now.');
          onDone();
        },
      },
    );
  };
  const problem = change.error === null ? null : toApiProblem(change.error);
  return (
    <FormDialog
      title="How the control plane saves itself"
      description="Users, projects, instances, schedules, the catalogue of backups and every secret, sealed for the recovery key."
      verb="Save changes"
      refusal={keepCount.success ? null : 'Put a whole number from 2 to 1,000 where saves are counted.'}
      busy={change.isPending}
      error={problem?.field === 'storageTargetId' ? null : change.error}
      run={run}
      onDone={onDone}
    >
      <Field
        label="Where"
        hint="Storages are added on the Storage page."
        error={problem?.field === 'storageTargetId' ? problem.message : undefined}
      >
        {(control) => (
          <Select {...control} value={storageTargetId} onChange={(event) => setTarget(event.target.value)}>
            <option value="">A folder of this machine</option>
            {targets.map((target) => (
              <option key={target.id} value={target.id}>
                {target.name}
                {projects.length > 1 ? ` (${projects.find(({ id }) => id === target.projectId)?.name ?? ''})` : ''}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="How often">
        {(control) => (
          <Select {...control} value={everyMinutes} onChange={(event) => setEvery(Number(event.target.value))}>
            {Object.entries({ [everyMinutes]: describeInterval(everyMinutes), ...intervals }).map(([minutes, words]) => (
              <option key={minutes} value={minutes}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Keep the newest" error={keepCount.success ? undefined : 'A whole number from 2 to 1,000.'}>
        {(control) => <Input {...control} mono inputMode="numeric" value={keep} onChange={(event) => setKeep(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}
