'use client';
import { useState } from 'react';
import { useDatabaseChanges, useUsers } from '#client/queries/accounts.ts';
import { Field, Select } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { notify } from '#components/ui/notify.ts';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Database } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';

type Props = { instance: Instance; database: Database; onDone(): void };

/** Whose a database is: one of the instance's users, or nobody's in particular. */
export function OwnerDialog({ instance, database, onDone }: Props) {
  const users = useUsers(instance.id);
  const { setOwner } = useDatabaseChanges(instance.id);
  const [owner, setChosen] = useState(database.owner);
  const save = () =>
    setOwner.mutate(
      { name: database.name, owner: owner === '' ? null : owner },
      {
        onSuccess: () => {
          onDone();
          notify(owner === '' ? `${database.name} belongs to all with full rights in it.` : `${owner} owns ${database.name}.`);
        },
      },
    );
  return (
    <FormDialog
      title={`Who owns ${database.name}`}
      verb="Change owner"
      busy={setOwner.isPending}
      error={setOwner.error}
      run={save}
      onDone={onDone}
    >
      <Loaded query={users} skeleton={<SkeletonRows rows={1} label="Reading users" />} what="The list of users">
        {({ items }) => (
          <Field
            label="Owner"
            hint="An owner has full rights, which stay when another owns it. In SQL it alone may drop the database and change its settings, after SET ROLE NONE. Tables stay whose they are."
          >
            {(control) => (
              <Select {...control} value={owner} onChange={(event) => setChosen(event.target.value)}>
                <option value="">All with full rights, together</option>
                {[...new Set([...items.filter((user) => !user.isRoot).map(({ name }) => name), owner])].filter(Boolean).map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
      </Loaded>
    </FormDialog>
  );
}
