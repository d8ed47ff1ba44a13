import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

export const control =
  'w-full rounded-control border border-line-strong bg-panel text-fg text-13 placeholder:text-faint focus-visible:outline-offset-0 aria-invalid:border-broken disabled:bg-sunken disabled:text-muted';

export function Input({ className, mono, ...rest }: ComponentProps<'input'> & { mono?: boolean }) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={clsx(control, 'h-8 px-2.5 max-md:h-10 max-md:text-16', mono && 'num', className)}
    />
  );
}

export function Checkbox({ className, ...rest }: Omit<ComponentProps<'input'>, 'type'>) {
  return <input type="checkbox" {...rest} className={clsx('check', className)} />;
}
