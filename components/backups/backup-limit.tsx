import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useSetBackupLimit } from '#client/queries/backups.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { BackupBytesPerSecond, sayPace } from '#contract/backup-pace.ts';
import { describeIssue } from '#contract/plain-issues.ts';
import type { Instance } from '#contract/resources/instance.ts';

const megabyte = 1_000_000;

/** How fast backups may read the database, and the way to change it. */
export function BackupLimit({ instance }: { instance: Instance }) {
  const [isOpen, setOpen] = useState(false);
  const limit = instance.backupBytesPerSecond;
  return (
    <>
      <Button size="sm" refusal={useDenial('backup-schedule.manage', instance.projectId)} onClick={() => setOpen(true)}>
        {limit === null ? 'Limit speed…' : `Limited to ${sayPace(limit)}…`}
      </Button>
      {isOpen && <LimitDialog instance={instance} onDone={() => setOpen(false)} />}
    </>
  );
}

function LimitDialog({ instance, onDone }: { instance: Instance; onDone(): void }) {
  const change = useSetBackupLimit(instance.id);
  const limit = instance.backupBytesPerSecond;
  const [text, setText] = useState(limit === null ? '' : String(limit / megabyte));
  const wanted = text.trim() === '' ? null : Math.round(Number(text) * megabyte);
  const parsed = BackupBytesPerSecond.nullable().safeParse(wanted, { error: describeIssue });
  const refusal = parsed.success
    ? null
    : Number.isFinite(wanted)
      ? (parsed.error.issues[0]?.message ?? '')
      : 'Use a number of MB/s, or leave it empty.';
  const problem = change.error === null ? null : toApiProblem(change.error);
  const run = () => {
    if (!parsed.success) return;
    change.mutate(parsed.data, {
      onSuccess: () => {
        notify(parsed.data === null ? 'Backups run as fast as they can.' : `Backups read at most ${sayPace(parsed.data)}.`);
        onDone();
      },
    });
  };
  return (
    <FormDialog
      title={`Limit the backup speed of ${instance.name}`}
      description="How fast a backup may read the database. A limit leaves disk and CPU to queries, and backups take longer. It holds for a running backup too."
      verb="Save limit"
      refusal={refusal}
      busy={change.isPending}
      error={problem?.field === 'bytesPerSecond' ? null : change.error}
      run={run}
      onDone={onDone}
    >
      <Field
        label="At most, in MB/s"
        hint="Leave it empty for no limit."
        error={problem?.field === 'bytesPerSecond' ? problem.message : (refusal ?? undefined)}
      >
        {(control) => <Input {...control} mono inputMode="decimal" value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}
