'use client';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { notify } from '#components/ui/notify.ts';
import type { Grant } from '#contract/grants.ts';
import type { User } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { findRuleFault } from './grantable.ts';
import { GrantsField } from './grants-field.tsx';

type Props = { instance: Instance; user: User; databases: readonly string[]; onDone(): void };

export function GrantsDialog({ instance, user, databases, onDone }: Props) {
  const { setGrants } = useUserChanges(instance.id);
  const [grants, setChosen] = useState<Grant[]>(user.grants);
  const ruleFault = findRuleFault(instance.datastore, setGrants.error);
  const save = () => {
    setGrants.mutate(
      { name: user.name, grants },
      {
        onSuccess: () => {
          onDone();
          notify(`Changed the grants of ${user.name}.`);
        },
      },
    );
  };
  return (
    <FormDialog
      title={`What ${user.name} may use`}
      verb="Change grants"
      busy={setGrants.isPending}
      error={ruleFault === undefined ? setGrants.error : null}
      run={save}
      onDone={onDone}
    >
      <GrantsField datastore={instance.datastore} databases={databases} chosen={grants} fault={ruleFault} onChange={setChosen} />
    </FormDialog>
  );
}
