import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useStorageTargetChanges } from '#client/queries/storage-targets.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Field, Input } from '#components/ui/field.tsx';
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
    if (!parsedName.success || address === null || update.isPending) return;
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
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onDone()}
      title={`Change ${target.name}`}
      {...(target.backupCount > 0 ? { description: 'Backups lie here: where they lie within the storage cannot change.' } : {})}
      footer={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button
            look="primary"
            busy={update.isPending}
            refusal={parsedName.success && address ? null : 'A field is not right yet.'}
            onClick={run}
          >
            Save changes
          </Button>
        </>
      }
    >
      <form
        className="grid grid-cols-1 gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field label="Name" error={aboutName ?? (parsedName.success ? undefined : parsedName.error.issues[0]?.message)}>
          {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <TargetFields
          stored
          draft={draft}
          faults={{ ...aboutSecret, ...faults }}
          onChange={(change) => setDraft({ ...draft, ...change })}
        />
        {problem !== null && problem.field !== 'address.password' && aboutName === undefined && <FaultNote error={update.error} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
