import type { QueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { keys } from '#client/keys.ts';
import { endedStates } from '#client/progress.ts';
import { later } from '#components/ui/later.tsx';
import type { Operation } from '#contract/resources/operation.ts';
import { DeskContext, type Intent } from './desk.tsx';

const Asking = later(
  () => import('./asking.tsx').then((module) => module.Asking),
  null,
  (asking) => asking.onDone(),
);
const OperationsDrawer = later(() => import('./operations-drawer.tsx').then((module) => module.OperationsDrawer));

/** Where operations are asked for and watched, whatever page, menu or palette the wish came from. */
export function OperationsDesk({ children }: { children: ReactNode }) {
  const [intent, setIntent] = useState<(Intent & { id: number }) | null>(null);
  const [shown, setShown] = useState<readonly string[]>([]);
  const [open, setOpened] = useState(false);
  /** Failures that were in the drawer when somebody closed it. */
  const read = useRef(new Set<string>());
  const ask = useCallback((wish: Intent) => setIntent((last) => ({ ...wish, id: (last?.id ?? 0) + 1 })), []);
  const { queries } = useBrowser();
  const show = useCallback(
    (id: string) => {
      setShown((ids) => [id, ...keepWatched(queries, ids, read.current).filter((other) => other !== id)]);
      setOpened(true);
    },
    [queries],
  );
  const setOpen = useCallback(
    (opened: boolean) => {
      setOpened(opened);
      if (!opened) for (const id of shown) if (findState(queries, id) === 'failed') read.current.add(id);
    },
    [queries, shown],
  );
  const desk = useMemo(() => ({ ask, show, shown, open, setOpen }), [ask, show, shown, open, setOpen]);
  return (
    <DeskContext value={desk}>
      {children}
      {intent !== null && <Asking key={intent.id} intent={intent} onDone={() => setIntent(null)} />}
      {shown.length > 0 && <OperationsDrawer />}
    </DeskContext>
  );
}

/** What still runs, what failed until the drawer was closed over it, and the newest of what has ended: a day of work must not pile up. */
function keepWatched(queries: QueryClient, ids: readonly string[], read: ReadonlySet<string>): string[] {
  const keeps = (id: string) => {
    const state = findState(queries, id);
    return state === 'failed' ? !read.has(id) : state === undefined || !endedStates.includes(state);
  };
  return ids.filter((id, place) => place < newestKept || keeps(id));
}

function findState(queries: QueryClient, id: string): Operation['state'] | undefined {
  return queries.getQueryData<Operation>(keys.operation(id))?.state;
}

const newestKept = 4;
