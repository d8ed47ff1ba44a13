'use client';
import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useUserChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { getDatastore } from '#contract/datastores/definitions.ts';
import type { Grant } from '#contract/grants.ts';
import { NewUserName, Password } from '#contract/names.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { findRuleFault, listFirstGrants } from './grantable.ts';
import { GrantsField } from './grants-field.tsx';
import { hintName } from './name-hint.ts';
import { PasswordField } from './password-field.tsx';

type Props = { instance: Instance; databases: readonly string[]; open: boolean; onOpenChange(open: boolean): void };

export function UserDialog({ instance, databases, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Create a user in ${instance.name}`}>
      {open && <Form instance={instance} databases={databases} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function Form({ instance, databases, onDone }: { instance: Instance; databases: readonly string[]; onDone(): void }) {
  const { create } = useUserChanges(instance.id);
  const [name, setName] = useState('');
  const [password, setPassword] = useState<string | null>(null);
  const [grants, setGrants] = useState<Grant[]>(listFirstGrants(instance.datastore, databases));
  const [tried, setTried] = useState(false);
  const problem = create.error === null ? null : toApiProblem(create.error);
  const ruleFault = findRuleFault(instance.datastore, create.error);
  const { refuseUser } = getDatastore(instance.datastore).names;
  const named = NewUserName.refine((typed) => refuseUser(typed) === null, {
    error: (issue) => refuseUser(String(issue.input)) ?? '',
  }).safeParse(name);
  const secret = password === null ? null : Password.safeParse(password);
  const fault = (field: string, parsed: ReturnType<typeof Password.safeParse> | null) =>
    parsed !== null && !parsed.success
      ? tried
        ? parsed.error.issues[0]?.message
        : undefined
      : problem?.field === field
        ? problem.message
        : undefined;
  return (
    <form
      className="grid grid-cols-1 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!named.success || secret?.success === false || create.isPending) return;
        create.mutate(
          { name: named.data, grants, ...(secret === null ? {} : { password: secret.data }) },
          {
            onSuccess: () => {
              onDone();
              notify(`Created user ${named.data}.`);
            },
          },
        );
      }}
    >
      <Field label="Name" hint={hintName(instance.datastore, 'user')} error={fault('name', named)}>
        {(control) => <Input {...control} mono autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <PasswordField value={password} onChange={setPassword} error={fault('password', secret)} />
      <GrantsField datastore={instance.datastore} databases={databases} chosen={grants} fault={ruleFault} onChange={setGrants} />
      {problem?.field !== 'name' && problem?.field !== 'password' && ruleFault === undefined && <FaultNote error={create.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button look="primary" type="submit" busy={create.isPending}>
          Create user
        </Button>
      </div>
    </form>
  );
}
