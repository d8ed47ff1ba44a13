import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { notify } from './notify.ts';

/** A menu at a button. Children are MenuItem, MenuLabel and MenuLine. */
export function Menu({ trigger, align = 'end', children }: { trigger: ReactNode; align?: 'start' | 'end'; children: ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(70vh,var(--radix-dropdown-menu-content-available-height))] min-w-52 max-w-80 animate-fade overflow-y-auto rounded-overlay border border-line bg-overlay p-1 shadow-overlay"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export type MenuItemProps = {
  icon?: LucideIcon;
  danger?: boolean;
  /** Why it is closed; shown under the words, and the item can still be reached by keyboard. */
  refusal?: string | null;
  hint?: ReactNode;
  checked?: boolean;
  onSelect(): void;
  children: ReactNode;
};

export function MenuItem({ icon: Icon, danger, refusal, hint, checked, onSelect, children }: MenuItemProps) {
  const closed = refusal != null;
  return (
    <Radix.Item
      aria-disabled={closed || undefined}
      {...(checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': checked })}
      onSelect={(event) => {
        if (!closed) return onSelect();
        event.preventDefault();
        notify(refusal, { tone: 'attention' });
      }}
      className={clsx(
        'flex items-start gap-2 rounded-control px-2 py-1.5 text-13 outline-none data-highlighted:bg-hover',
        closed ? 'text-faint' : danger ? 'text-broken' : 'text-fg',
      )}
    >
      {Icon && <Icon size={16} aria-hidden className="mt-px" />}
      <span className="min-w-0 grow">
        <span className="block">{children}</span>
        {closed && <span className="block text-12 text-faint">{refusal}</span>}
      </span>
      {hint !== undefined && <span className="ml-4 text-12 text-faint">{hint}</span>}
      {checked && <span aria-hidden>✓</span>}
    </Radix.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-12 text-faint">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
