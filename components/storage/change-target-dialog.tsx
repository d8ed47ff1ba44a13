import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useStorageTargetChanges } from '#client/queries/storage-targets.ts';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { Name } from '#contract/names.ts';
import type { StorageTarget } from '#contract/resources/storage-target.ts';
import { readChanged, toDraft } from './target-draft.ts';
import { TargetFields } from './target-fields.tsx';

export function ChangeTargetDialog({ target, onDone }: { target: StorageTarget; onDone(): void }) {
  const { update } = useStorageTargetChanges();
  const [name, setName] = useState<string>(target.name);
  const [draft, setDraft] = useState(() => toDraft(target));
  const parsedName = Name.safeParse(name);
  const { address, faults } = readChanged(draft);
  const problem = update.error === null ? null : toApiProblem(update.error);
  const aboutSecret = problem?.field === 'address.password' ? { password: problem.message } : {};
  const aboutName = problem?.code === 'name-taken' ? problem.message : undefined;
  const run = () => {
    if (!parsedName.success || address === null) return;
    update.mutate(
      { id: target.id, name: parsedName.data, address },
      {
        onSuccess: () => {
          notify(`Storage ${parsedName.data} is changed.`);
          onDone();
        },
      },
    );
  };
  return (
    <FormDialog
      wide
      title={`Change ${target.name}`}
      description={target.backupCount > 0 ? 'Backups lie here: where they lie within the storage cannot change.' : undefined}
      verb="Save changes"
      refusal={parsedName.success && address ? null : 'A field is not right yet.'}
      busy={update.isPending}
      error={problem?.field === 'address.password' || aboutName !== undefined ? null : update.error}
      run={run}
      onDone={onDone}
    >
      <Field label="Name" error={aboutName ?? (parsedName.success ? undefined : parsedName.error.issues[0]?.message)}>
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <TargetFields stored draft={draft} faults={{ ...aboutSecret, ...faults }} onChange={(change) => setDraft({ ...draft, ...change })} />
    </FormDialog>
  );
}
