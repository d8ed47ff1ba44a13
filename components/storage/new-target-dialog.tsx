import { useId, useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useActor } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { useStorageTargetChanges } from '#client/queries/storage-targets.ts';
import { ProjectField } from '#components/projects/project-field.tsx';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Checkbox, Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { Name } from '#contract/names.ts';
import { may } from '#contract/rights.ts';
import { emptyDraft, readNew } from './target-draft.ts';
import { TargetFields } from './target-fields.tsx';

export function NewTargetDialog({ onDone }: { onDone(created: string | null): void }) {
  const { create } = useStorageTargetChanges();
  const actor = useActor();
  const projects = (useProjects().data?.items ?? []).filter(({ id }) => may(actor, 'storage-target.manage', { projectId: id }));
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(emptyDraft);
  const [isDefault, setDefault] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const defaultId = useId();
  const [tried, setTried] = useState(false);
  const projectId = chosen ?? projects[0]?.id;
  const parsedName = Name.safeParse(name);
  const { address, faults } = readNew(draft);
  const problem = create.error === null ? null : toApiProblem(create.error);
  const taken = problem?.code === 'name-taken';
  const wrongName = taken ? problem.message : tried && !parsedName.success ? parsedName.error.issues[0]?.message : undefined;
  const run = () => {
    setTried(true);
    if (!parsedName.success || address === null || projectId === undefined) return;
    create.mutate(
      { projectId, name: parsedName.data, address, isDefault },
      {
        onSuccess: (target) => {
          notify(`Storage ${target.name} is added.`);
          onDone(target.id);
        },
      },
    );
  };
  return (
    <FormDialog
      wide
      title="Add storage"
      description="A place outside this host for a project’s backups. It is tested as soon as it is added."
      verb="Add storage"
      busy={create.isPending}
      error={taken ? null : create.error}
      run={run}
      onDone={() => onDone(null)}
    >
      <Field label="Name" hint="Lower-case letters, digits and hyphens." error={wrongName}>
        {(control) => <Input {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {projects.length > 1 && <ProjectField projects={projects} value={projectId} onChange={setChosen} />}
      <TargetFields draft={draft} faults={tried ? faults : {}} onChange={(change) => setDraft({ ...draft, ...change })} />
      <div className="flex items-center gap-2">
        <Checkbox id={defaultId} checked={isDefault} onChange={(event) => setDefault(event.target.checked)} />
        <label htmlFor={defaultId}>New backups of the project go here</label>
      </div>
    </FormDialog>
  );
}
