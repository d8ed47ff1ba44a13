import { Switch as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';

/** On or off, at once: for things that need no button to take effect. */
export function Switch({ checked, onChange, children }: { checked: boolean; onChange(checked: boolean): void; children: ReactNode }) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        className="relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors duration-[120ms] data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-line-strong transition-transform duration-[120ms] data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-on-accent" />
      </Radix.Root>
      <label htmlFor={id} className="text-13">
        {children}
      </label>
    </span>
  );
}
