import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button } from './button.tsx';

export type DialogProps = {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, right-aligned; the safe one first. */
  footer?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
};

/** A modal over the page: centred, a sheet from below on phones. Focus is kept inside and given back. */
export function Dialog({ open, onOpenChange, title, description, footer, wide, children }: DialogProps) {
  const before = useRef<{ open: boolean; around: readonly HTMLElement[] }>({ open: false, around: [] });
  if (open !== before.current.open) before.current = { open, around: open ? listAround(findOpener()) : before.current.around };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          data-sheet
          onOpenAutoFocus={focusFirst}
          onCloseAutoFocus={(event) => {
            // Without a trigger of its own a dialog would leave the focus nowhere.
            event.preventDefault();
            giveBack(before.current.around);
          }}
          className={clsx(
            'outline-none fixed z-50 flex max-h-[92dvh] flex-col border border-line bg-overlay shadow-overlay',
            'inset-x-0 bottom-0 animate-appear rounded-t-overlay sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-[10vh] sm:-translate-x-1/2 sm:rounded-overlay',
            'sm:max-h-[80vh]',
            wide ? 'sm:w-180 sm:max-w-[calc(100vw-48px)]' : 'sm:w-120',
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4">
            <div className="min-w-0 grow">
              <Radix.Title className="break-words text-16">{title}</Radix.Title>
              {description !== undefined && <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <Button look="quiet" size="sm" icon={X} aria-label="Close" />
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
          {footer !== undefined && <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What had the focus before; where that is an item of a menu, which is gone by then, what opened the menu. */
function findOpener(): HTMLElement | null {
  if (typeof document === 'undefined' || !(document.activeElement instanceof HTMLElement)) return null;
  const menu = document.activeElement.closest('[role="menu"]');
  return menu === null ? document.activeElement : document.getElementById(menu.getAttribute('aria-labelledby') ?? '');
}

/** What opened it, then the regions of the page that is in, from the smallest on. */
function listAround(opener: HTMLElement | null): HTMLElement[] {
  const around = opener === null ? [] : [opener];
  for (let region = opener?.closest<HTMLElement>(regions); region != null; region = region.parentElement?.closest<HTMLElement>(regions))
    around.push(region);
  return around;
}

const regions = 'section, main';

/** What was done may take with it what opened the dialog, such as a row with its menu: then the focus stays in the region around it. */
function giveBack(around: readonly HTMLElement[]): void {
  let [held] = around;
  if (held === undefined) return;
  held.focus();
  // It may go in steps: first the button that was closed meanwhile, then the row, then the table that has none left.
  const stayNear = () => {
    if (held?.isConnected || document.activeElement !== document.body) return;
    held = around.find((element) => element.isConnected);
    if (held === undefined) return;
    if (!held.hasAttribute('tabindex')) held.tabIndex = -1;
    held.focus({ preventScroll: true });
  };
  const going = new MutationObserver(stayNear);
  going.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => going.disconnect(), goneWithinMs);
  stayNear();
}

const goneWithinMs = 5000;

/** The first thing to fill in, else the safe button: never the one that does it, nor the cross. */
function focusFirst(event: Event): void {
  const content = event.currentTarget;
  if (!(content instanceof HTMLElement) || content.contains(document.activeElement)) return;
  event.preventDefault();
  const field = content.querySelector<HTMLElement>('input, select, textarea') ?? content.querySelector<HTMLElement>('footer button');
  (field ?? content).focus();
}
