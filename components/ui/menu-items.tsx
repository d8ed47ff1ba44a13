import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMenuParts } from './menu-parts.ts';
import { notify } from './notify.ts';

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
  const { Item } = useMenuParts();
  const closed = refusal != null;
  return (
    <Item
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
    </Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  const { Label } = useMenuParts();
  return <Label className="px-2 pt-1.5 pb-1 text-12 text-faint">{children}</Label>;
}

export function MenuLine() {
  const { Separator } = useMenuParts();
  return <Separator className="my-1 h-px bg-line" />;
}
