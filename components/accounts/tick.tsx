import { type ReactNode, useId } from 'react';
import { Checkbox } from '#components/ui/input.tsx';

/** A box to tick with its words, the whole line being the target. */
export function Tick({
  checked,
  onChange,
  className,
  children,
}: {
  checked: boolean;
  onChange(checked: boolean): void;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <label htmlFor={id} className={`flex items-center gap-2 ${className ?? ''}`}>
      <Checkbox id={id} checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {children}
    </label>
  );
}
