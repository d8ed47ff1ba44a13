'use client';
import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useConfigurationGroupChanges, useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { useActor } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { ProjectField } from '#components/projects/project-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { DatastoreName, datastores } from '#contract/datastores/index.ts';
import { Name } from '#contract/names.ts';
import { may } from '#contract/rights.ts';
import { sayTaken } from '#contract/taken-name.ts';

/** What it is to fit, where that is settled: an instance that looks for one. */
type Fit = { datastore: DatastoreName; projectId: string };
type Props = { open: boolean; onOpenChange(open: boolean): void; onCreated(id: string): void; fit?: Fit };

export function CreateGroupDialog({ open, onOpenChange, onCreated, fit }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={fit === undefined ? 'New configuration group' : `New configuration group for ${datastores[fit.datastore].title}`}
      description="Parameters are chosen afterwards."
    >
      {open && (
        <Form
          fit={fit}
          onDone={(id) => {
            onOpenChange(false);
            if (id !== null) onCreated(id);
          }}
        />
      )}
    </Dialog>
  );
}

function Form({ fit, onDone }: { fit: Fit | undefined; onDone(id: string | null): void }) {
  const { create } = useConfigurationGroupChanges();
  const actor = useActor();
  const projects = (useProjects().data?.items ?? []).filter((project) =>
    may(actor, 'configuration-group.manage', { projectId: project.id }),
  );
  const [name, setName] = useState('');
  const installed = useDatastoreVersions().data?.items;
  // Those this host can run; while that is not known, none is left out.
  const offered = DatastoreName.options.filter((key) => installed === undefined || installed.some((version) => version.datastore === key));
  const [picked, setPicked] = useState<DatastoreName | undefined>(fit?.datastore);
  const datastore = picked ?? offered[0];
  const [chosen, setChosen] = useState<string | null>(fit?.projectId ?? null);
  const [tried, setTried] = useState(false);
  const projectId = chosen ?? projects[0]?.id;
  const groups = useConfigurationGroups().data?.items ?? [];
  const isTaken = groups.some((group) => group.projectId === projectId && group.name === name);
  const parsed = Name.safeParse(name);
  const problem = create.error === null ? null : toApiProblem(create.error);
  const aboutName = problem !== null && (problem.field === 'name' || problem.code === 'name-taken');
  const taken = isTaken ? sayTaken('a configuration group', name) : aboutName ? problem.message : undefined;
  const wrong = parsed.success ? taken : tried ? parsed.error.issues[0]?.message : undefined;
  return (
    <form
      className="grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!parsed.success || isTaken || projectId === undefined || datastore === undefined || create.isPending) return;
        create.mutate({ projectId, name: parsed.data, datastore, values: {} }, { onSuccess: (group) => onDone(group.id) });
      }}
    >
      <Field label="Name" hint="Lower-case letters, digits and hyphens." error={wrong}>
        {(control) => <Input {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {fit === undefined && (
        <Field label="Datastore" hint="A group fits instances of one datastore.">
          {(control) => (
            <Select {...control} value={datastore} onChange={(event) => setPicked(DatastoreName.parse(event.target.value))}>
              {offered.map((key) => (
                <option key={key} value={key}>
                  {datastores[key].title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {fit === undefined && projects.length > 1 && <ProjectField projects={projects} value={projectId} onChange={setChosen} />}
      {!aboutName && <FaultNote error={create.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={() => onDone(null)}>Cancel</Button>
        <Button
          look="primary"
          type="submit"
          busy={create.isPending}
          refusal={projects.length === 0 ? 'This needs the role member in a project. Ask a project admin.' : null}
        >
          Create group
        </Button>
      </div>
    </form>
  );
}
