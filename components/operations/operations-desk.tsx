import type { QueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { keys } from '#client/keys.ts';
import { hasEnded } from '#client/progress.ts';
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
  const [open, setOpen] = useState(false);
  const ask = useCallback((wish: Intent) => setIntent((last) => ({ ...wish, id: (last?.id ?? 0) + 1 })), []);
  const { queries } = useBrowser();
  const show = useCallback(
    (id: string) => {
      setShown((ids) => [id, ...keepWatched(queries, ids).filter((other) => other !== id)]);
      setOpen(true);
    },
    [queries],
  );
  const desk = useMemo(() => ({ ask, show, shown, open, setOpen }), [ask, show, shown, open]);
  return (
    <DeskContext value={desk}>
      {children}
      {intent !== null && <Asking key={intent.id} intent={intent} onDone={() => setIntent(null)} />}
      {shown.length > 0 && <OperationsDrawer />}
    </DeskContext>
  );
}

/** What still runs, and the newest of what has ended: a day of work must not pile up in the drawer. */
function keepWatched(queries: QueryClient, ids: readonly string[]): string[] {
  const runs = (id: string) => {
    const operation = queries.getQueryData<Operation>(keys.operation(id));
    return operation === undefined || !hasEnded(operation);
  };
  return ids.filter((id, place) => place < newestKept || runs(id));
}

const newestKept = 4;
