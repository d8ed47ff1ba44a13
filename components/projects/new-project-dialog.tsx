import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useProjectChanges } from '#client/queries/project-changes.ts';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { Name } from '#contract/names.ts';

/** A title for people; the name for URLs and filters is made from it and may be changed. */
export function NewProjectDialog({ onDone }: { onDone(): void }) {
  const { create } = useProjectChanges();
  const [title, setTitle] = useState('');
  const [typedName, setTypedName] = useState<string | null>(null);
  const name = typedName ?? toName(title);
  const checked = Name.safeParse(name);
  const wrong = name !== '' && !checked.success ? checked.error.issues[0]?.message : undefined;
  const problem = create.error === null ? null : toApiProblem(create.error);
  const closed = title.trim() === '' ? 'Give it a title first.' : checked.success ? null : 'The name is not right yet.';
  const run = () =>
    create.mutate(
      { name, title: title.trim() },
      {
        onSuccess: (project) => {
          notify(`Project ${project.title} exists.`);
          onDone();
        },
      },
    );
  return (
    <FormDialog
      title="New project"
      description="A project owns instances; its members share them and nobody else sees them."
      verb="Create project"
      refusal={closed}
      busy={create.isPending}
      className="space-y-4"
      run={run}
      onDone={onDone}
    >
      <Field label="Title">
        {(control) => <Input {...control} autoFocus maxLength={100} value={title} onChange={(event) => setTitle(event.target.value)} />}
      </Field>
      <Field label="Name" hint="In URLs and filters. It cannot be changed later." error={problem?.message ?? wrong}>
        {(control) => <Input {...control} mono value={name} onChange={(event) => setTypedName(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}

function toName(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
