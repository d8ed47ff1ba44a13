import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';

type Props = { title: string; description: string; user: string; password: string; verb: string; onDone(): void };

/** A password in plain sight, to be copied; `verb` closes it. */
export function ShownPassword({ title, description, user, password, verb, onDone }: Props) {
  return (
    <Dialog
      open
      onOpenChange={onDone}
      title={title}
      description={description}
      footer={
        <>
          <CopyButton text={password}>Copy the password</CopyButton>
          <Button look="primary" onClick={onDone}>
            {verb}
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-muted">User</dt>
        <dd className="num">{user}</dd>
        <dt className="text-muted">Password</dt>
        <dd className="num select-all break-all">{password}</dd>
      </dl>
    </Dialog>
  );
}
