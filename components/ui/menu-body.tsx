import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { MenuParts } from './menu-parts.ts';

export type MenuBodyProps = {
  trigger: ReactElement;
  align: 'start' | 'end';
  open: boolean;
  onOpenChange(open: boolean): void;
  children: ReactNode;
};

/** The opened menu; loaded when the first one is wanted. */
export default function MenuBody({ trigger, align, open, onOpenChange, children }: MenuBodyProps) {
  return (
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      {/* Within the page's main part: what lies outside all landmarks is found by nobody who goes from one to the next. */}
      <Radix.Portal container={document.querySelector('main')}>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(70vh,var(--radix-dropdown-menu-content-available-height))] min-w-52 max-w-80 animate-fade overflow-y-auto rounded-overlay border border-line bg-overlay p-1 shadow-overlay"
        >
          <MenuParts value={Radix}>{children}</MenuParts>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
