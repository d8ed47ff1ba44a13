import { type ReactNode, useState } from 'react';
import { Field } from './field.tsx';
import { FormDialog } from './form-dialog.tsx';
import { Input } from './input.tsx';

export type ConfirmDialogProps = {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  /** Verb with its object, as the button says it. */
  verb: string;
  /** What the other button is called, where "Cancel" could be taken for this one. */
  dismiss?: string;
  goes: readonly string[];
  stays: readonly string[];
  /** The name that must be typed first. */
  typed?: string;
  danger?: boolean;
  /** Closes the dialog when it resolves; a rejection is shown in it. */
  run(): Promise<unknown>;
  children?: ReactNode;
};

/** Asks once before something that is not a workflow: what goes, what stays, the typed name where it cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return props.open ? <Asked {...props} /> : null;
}

function Asked({ onOpenChange, title, verb, dismiss, goes, stays, typed, danger = true, run, children }: ConfirmDialogProps) {
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const closed = typed !== undefined && name !== typed ? `Type ${typed} first.` : null;
  const confirm = () => {
    setBusy(true);
    setError(null);
    run()
      .then(() => onOpenChange(false), setError)
      .finally(() => setBusy(false));
  };
  return (
    <FormDialog
      title={title}
      verb={verb}
      dismiss={dismiss}
      danger={danger}
      refusal={closed}
      busy={busy}
      error={error}
      className="space-y-4"
      run={confirm}
      onDone={() => onOpenChange(false)}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Points title="Goes" items={goes} tone="text-broken" />
        <Points title="Stays" items={stays} tone="text-healthy" />
      </div>
      {children}
      {typed !== undefined && (
        <Field
          label={
            <>
              Type <span className="num select-all break-all">{typed}</span> to confirm
            </>
          }
        >
          {(control) => <Input {...control} mono autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
    </FormDialog>
  );
}

function Points({ title, items, tone }: { title: string; items: readonly string[]; tone: string }) {
  if (items.length === 0) return null;
  return (
    <div>
      <h3 className={`text-12 ${tone}`}>{title}</h3>
      <ul className="mt-1 space-y-2">
        {items.map((item) => (
          <li key={item} className="break-words">
            {item}
          </li>
        ))}
      </ul>
    </div>
  );
}
