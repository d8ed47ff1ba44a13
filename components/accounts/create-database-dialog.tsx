'use client';
import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useDatabaseChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { getDatastore } from '#contract/datastores/definitions.ts';
import { NewDatabaseName } from '#contract/names.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { hintName } from './name-hint.ts';

type Props = { instance: Instance; open: boolean; onOpenChange(open: boolean): void };

export function CreateDatabaseDialog({ instance, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Create a database in ${instance.name}`}>
      {open && <Form instance={instance} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function Form({ instance, onDone }: { instance: Instance; onDone(): void }) {
  const { create } = useDatabaseChanges(instance.id);
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const { refuseDatabase } = getDatastore(instance.datastore).names;
  const parsed = NewDatabaseName.refine((typed) => refuseDatabase(typed) === null, {
    error: (issue) => refuseDatabase(String(issue.input)) ?? '',
  }).safeParse(name);
  const problem = create.error === null ? null : toApiProblem(create.error);
  const wrong = parsed.success
    ? problem?.field === 'name'
      ? problem.message
      : undefined
    : tried
      ? parsed.error.issues[0]?.message
      : undefined;
  return (
    <form
      className="grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!parsed.success || create.isPending) return;
        create.mutate(
          { name: parsed.data },
          {
            onSuccess: () => {
              onDone();
              notify(`Created database ${parsed.data}.`);
            },
          },
        );
      }}
    >
      <Field label="Name" hint={hintName(instance.datastore, 'database')} error={wrong}>
        {(control) => <Input {...control} mono autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {problem?.field !== 'name' && <FaultNote error={create.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button look="primary" type="submit" busy={create.isPending}>
          Create database
        </Button>
      </div>
    </form>
  );
}
