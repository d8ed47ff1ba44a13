'use client';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { notify } from '#components/ui/notify.ts';
import type { Grant } from '#contract/grants.ts';
import type { User } from '#contract/resources/account.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { GrantsField } from './grants-field.tsx';

type Props = { instance: Instance; user: User; databases: readonly string[]; onDone(): void };

export function GrantsDialog({ instance, user, databases, onDone }: Props) {
  const { setGrants } = useUserChanges(instance.id);
  const [grants, setChosen] = useState<Grant[]>(user.grants);
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
    <Dialog
      open
      onOpenChange={onDone}
      title={`What ${user.name} may use`}
      footer={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button look="primary" busy={setGrants.isPending} onClick={save}>
            Change grants
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-4">
        <GrantsField datastore={instance.datastore} databases={databases} chosen={grants} onChange={setChosen} />
        <FaultNote error={setGrants.error} />
      </div>
    </Dialog>
  );
}
