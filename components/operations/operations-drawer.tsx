import { ExternalLink, X } from 'lucide-react';
import { type RefObject, useDeferredValue, useEffect, useRef } from 'react';
import { useBrowser } from '#client/browser.ts';
import { keys } from '#client/keys.ts';
import { useActiveOperations, useOperation } from '#client/queries/operations.ts';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { Operation } from '#contract/resources/operation.ts';
import { useDesk } from './desk.tsx';
import { OperationView } from './operation-view.tsx';

/**
 * What I started, in the lower right corner, no higher than it must be: the page's head with what can be done next stays in reach, and what
 * lies below can be scrolled from under it (globals.css). Closed, a chip in the top bar remains.
 */
export function OperationsDrawer() {
  const { shown, open, setOpen } = useDesk();
  const ground = useRef<HTMLElement>(null);
  useFolding(ground);
  if (!open) return null;
  return (
    <aside
      ref={ground}
      aria-label="Operations I started"
      data-sheet
      data-drawer
      className="fixed right-0 bottom-14 left-0 z-30 flex max-h-[60dvh] animate-slide-in flex-col border-line border-t bg-overlay shadow-overlay md:bottom-0 md:left-auto md:max-h-[calc(100dvh-11rem)] md:w-105 md:rounded-tl-panel md:border-l"
    >
      <header className="flex h-11 shrink-0 items-center gap-2 border-line border-b px-4">
        <h2 className="grow text-13">Operations</h2>
        <LinkButton href="/operations" look="quiet" size="sm">
          All operations
        </LinkButton>
        <Button look="quiet" size="sm" icon={X} label="Close" onClick={() => setOpen(false)} />
      </header>
      <div className="min-h-0 grow divide-y divide-line overflow-y-auto">
        <Entries shown={shown} />
      </div>
    </aside>
  );
}

/** Escape folds the drawer, and so does success, as soon as it can have been read, unless it is being looked at. The chip goes on saying it. */
function useFolding(ground: RefObject<HTMLElement | null>) {
  const { queries } = useBrowser();
  const { shown, open, setOpen } = useDesk();
  useActiveOperations();
  const settled = shown.every((id) => queries.getQueryData<Operation>(keys.operation(id))?.state === 'succeeded');
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('[role=dialog],[role=menu]') === null) setOpen(false);
    };
    const timer = setInterval(() => {
      if (settled && !ground.current?.matches(':hover, :focus-within')) setOpen(false);
    }, foldAfterMs);
    document.addEventListener('keydown', onKey);
    return () => {
      clearInterval(timer);
      document.removeEventListener('keydown', onKey);
    };
  }, [open, settled, setOpen, ground]);
}

const foldAfterMs = 1500;

/** What was just asked for at once, what was before it when that is drawn. */
function Entries({ shown }: { shown: readonly string[] }) {
  const drawn = useDeferredValue(shown, none);
  const [newest] = shown;
  return [newest, ...drawn.filter((id) => id !== newest)].map(
    (id) => id !== undefined && <Entry key={id} id={id} isNewest={id === newest} />,
  );
}

const none: readonly string[] = [];

function Entry({ id, isNewest }: { id: string; isNewest: boolean }) {
  const query = useOperation(id);
  return (
    <div className="px-4 py-3">
      <Loaded query={query} what="This operation" skeleton={<Skeleton className="h-24" />}>
        {(operation) => (
          <OperationView
            operation={operation}
            brief={!isNewest}
            heading={(name) => (
              <h3 className="flex min-w-0 basis-full items-start gap-2 text-14">
                <span className="min-w-0 break-words">{name}</span>
                <Go href={`/operations/${id}`} className="mt-0.5 shrink-0 text-faint hover:text-fg" aria-label="Open on its own page">
                  <ExternalLink size={14} aria-hidden className="lucide" />
                </Go>
              </h3>
            )}
          />
        )}
      </Loaded>
    </div>
  );
}
