'use client';
import { useState } from 'react';
import { useUserChanges } from '#client/queries/accounts.ts';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Password } from '#contract/names.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { PasswordField } from './password-field.tsx';

/** Gives a user a new password; a made one can be copied right here. */
export function PasswordDialog({ instance, user, onDone }: { instance: Instance; user: string; onDone(): void }) {
  const { setPassword, reveal } = useUserChanges(instance.id);
  const [value, setValue] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const parsed = value === null ? null : Password.safeParse(value);
  const wrong = parsed === null || parsed.success || !tried ? undefined : parsed.error.issues[0]?.message;
  const change = () => {
    setTried(true);
    if (parsed === null || parsed.success) setPassword.mutate({ name: user, ...(parsed === null ? {} : { password: parsed.data }) });
  };
  if (setPassword.isSuccess) {
    return (
      <Dialog open onOpenChange={onDone} title={`${user} has a new password`} footer={<Button onClick={onDone}>Close</Button>}>
        <div className="grid gap-3">
          <p>New connections need it at once. Connections that are open stay open.</p>
          {value === null && (
            <p className="flex items-center gap-3">
              <CopyButton text={async () => (await reveal.mutateAsync(user)).password}>Copy the password</CopyButton>
              <span className="text-12 text-muted">Copying it is recorded.</span>
            </p>
          )}
        </div>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={`Change the password of ${user}`}
      description="Programs that still use the old one are refused at their next connection."
      verb="Change password"
      busy={setPassword.isPending}
      error={setPassword.error}
      run={change}
      onDone={onDone}
    >
      <PasswordField value={value} onChange={setValue} error={wrong} />
    </FormDialog>
  );
}
