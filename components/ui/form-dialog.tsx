import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';
import { FaultNote } from './fault-note.tsx';

export type FormDialogProps = Pick<DialogProps, 'title' | 'description' | 'wide' | 'children'> & {
  /** What the button does, with its object. */
  verb: ReactNode;
  danger?: boolean;
  /** Why it cannot be done yet, as a sentence. */
  refusal?: string | null;
  busy: boolean;
  /** What went wrong and no field says. */
  error?: unknown;
  /** How its fields lie. */
  className?: string;
  /** Asked by the button and by Enter, while nothing refuses it and none is under way. */
  run(): void;
  onDone(): void;
};

/** A dialog with something to fill in or to confirm: its fields, Cancel, and the button that does it. */
export function FormDialog({
  verb,
  danger = false,
  refusal = null,
  busy,
  error,
  className = 'grid grid-cols-1 gap-4',
  run,
  onDone,
  children,
  ...dialog
}: FormDialogProps) {
  return (
    <Dialog
      {...dialog}
      open
      onOpenChange={(open) => !open && onDone()}
      footer={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button look={danger ? 'danger' : 'primary'} refusal={refusal} busy={busy} onClick={run}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        className={className}
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !busy) run();
        }}
      >
        {children}
        <FaultNote error={error} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
