import { clsx } from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { control } from './input.tsx';

export type ControlProps = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined };

export type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value, as a sentence. */
  error?: ReactNode;
  /** Beside the label, right-aligned. */
  note?: ReactNode;
  className?: string;
  children(control: ControlProps): ReactNode;
};

/** A label, its control, and under it the hint or what is wrong. */
export function Field({ label, hint, error, note, className, children }: FieldProps) {
  const id = useId();
  const wrong = error !== undefined && error !== null && error !== false;
  const described = wrong || hint !== undefined;
  return (
    <div className={clsx('min-w-0', className)}>
      <div className="mb-1 flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium text-13">
          {label}
        </label>
        {note !== undefined && <span className="text-12 text-faint">{note}</span>}
      </div>
      {children({ id, 'aria-describedby': described ? `${id}-says` : undefined, 'aria-invalid': wrong || undefined })}
      {described && (
        <p id={`${id}-says`} className={clsx('mt-1 text-12', wrong ? 'text-broken' : 'text-muted')}>
          {wrong ? error : hint}
        </p>
      )}
    </div>
  );
}

/** The browser's own list: right on phones, for screen readers and by keyboard. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <select
      {...rest}
      className={clsx(
        control,
        'h-8 appearance-none bg-[length:16px] bg-[position:right_6px_center] bg-no-repeat pr-7 pl-2.5 max-md:h-10 max-md:text-16',
        className,
      )}
      style={{ backgroundImage: chevron }}
    />
  );
}

const chevron =
  "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%23808a9c' stroke-width='1.5'%3E%3Cpath d='m5 6.5 3 3 3-3'/%3E%3C/svg%3E\")";

export function Range({ className, ...rest }: Omit<ComponentProps<'input'>, 'type'>) {
  return <input type="range" {...rest} className={clsx('range', className)} />;
}
