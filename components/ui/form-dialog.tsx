import { type ReactNode, useRef } from 'react';
import { Button } from './button.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';
import { FaultNote } from './fault-note.tsx';

export type FormDialogProps = Pick<DialogProps, 'title' | 'description' | 'wide' | 'children'> & {
  /** What the button does, with its object. */
  verb: ReactNode;
  danger?: boolean;
  /** What closing it without doing that is called, where "Cancel" could be taken for it. */
  dismiss?: string | undefined;
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
  dismiss = 'Cancel',
  refusal = null,
  busy,
  error,
  className = 'grid grid-cols-1 gap-4',
  run,
  onDone,
  children,
  ...dialog
}: FormDialogProps) {
  const isAsked = useRef(false);
  /** A page that is slow hears two presses before it draws that the first made it busy. */
  const askOnce = () => {
    if (refusal !== null || busy || isAsked.current) return;
    isAsked.current = true;
    try {
      run();
    } finally {
      setTimeout(() => {
        isAsked.current = false;
      });
    }
  };
  return (
    <Dialog
      {...dialog}
      open
      // What is under way goes on whether it is seen or not: it is seen to its end.
      onOpenChange={(open) => !open && !busy && onDone()}
      footer={
        <>
          <Button refusal={busy ? 'It is under way, and this closes when it is done.' : null} onClick={onDone}>
            {dismiss}
          </Button>
          <Button look={danger ? 'danger' : 'primary'} refusal={refusal} busy={busy} onClick={askOnce}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        className={className}
        onSubmit={(event) => {
          event.preventDefault();
          askOnce();
        }}
      >
        {children}
        <FaultNote error={error} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
