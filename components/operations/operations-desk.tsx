import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { later } from '#components/ui/later.tsx';
import { DeskContext, type Intent } from './desk.tsx';

const Asking = later(() => import('./asking.tsx').then((module) => module.Asking));
const OperationsDrawer = later(() => import('./operations-drawer.tsx').then((module) => module.OperationsDrawer));

/** Where operations are asked for and watched, whatever page, menu or palette the wish came from. */
export function OperationsDesk({ children }: { children: ReactNode }) {
  const [intent, setIntent] = useState<(Intent & { id: number }) | null>(null);
  const [shown, setShown] = useState<readonly string[]>([]);
  const [open, setOpen] = useState(false);
  const ask = useCallback((wish: Intent) => setIntent((last) => ({ ...wish, id: (last?.id ?? 0) + 1 })), []);
  const show = useCallback((id: string) => {
    setShown((ids) => [id, ...ids.filter((other) => other !== id)]);
    setOpen(true);
  }, []);
  const desk = useMemo(() => ({ ask, show, shown, open, setOpen }), [ask, show, shown, open]);
  return (
    <DeskContext value={desk}>
      {children}
      {intent !== null && <Asking key={intent.id} intent={intent} onDone={() => setIntent(null)} />}
      {shown.length > 0 && <OperationsDrawer />}
    </DeskContext>
  );
}
