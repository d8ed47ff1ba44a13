import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** A sentence beside anything focusable, on hover and on keyboard focus; also beside an aria-disabled button. */
export function Tooltip({
  text,
  children,
  side = 'top',
}: {
  text: ReactNode;
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
}) {
  return (
    <Radix.Root delayDuration={350}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 max-w-72 animate-fade rounded-control border border-line bg-overlay px-2 py-1 text-12 text-fg shadow-overlay"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipGround = Radix.Provider;
