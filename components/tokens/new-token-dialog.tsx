import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useTokenChanges } from '#client/queries/tokens.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { ShownOnce } from '#components/ui/shown-once.tsx';

const lives = [7, 30, 90, 180, 365];

export function NewTokenDialog({ onDone }: { onDone(): void }) {
  const { create } = useTokenChanges();
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const closed = name.trim() === '' ? 'Name it first: what will use it?' : null;
  const run = () => create.mutate({ name: name.trim(), expiresInDays: days });
  if (create.data !== undefined) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onDone()}
        title="New token"
        footer={
          <Button look="primary" onClick={onDone}>
            Done
          </Button>
        }
      >
        <ShownOnce value={create.data.value ?? ''} label="Token">
          Token {create.data.name} works from now on.
        </ShownOnce>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title="New token"
      verb="Create token"
      refusal={closed}
      busy={create.isPending}
      className="space-y-4"
      run={run}
      onDone={onDone}
    >
      <Field
        label="Name"
        hint="What will use it, such as deploy pipeline."
        error={create.error === null ? undefined : toApiProblem(create.error).message}
      >
        {(control) => <Input {...control} autoFocus maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field label="Expires after">
        {(control) => (
          <Select {...control} value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {lives.map((life) => (
              <option key={life} value={life}>
                {life} days
              </option>
            ))}
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
