'use client';

import dynamic from 'next/dynamic';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import type { OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** An intent: which operation, of what, and what is already known of its input. */
export type Intent = { name: OperationName; instance: Instance | null; projectId: string; input?: Record<string, unknown> };

export type Desk = {
  /** Opens the dialog where something must be confirmed or filled in, else starts at once. */
  ask(intent: Intent): void;
  /** Puts an operation into the drawer and opens it. */
  show(operationId: string): void;
  /** What was started or shown since the page was opened, newest first. */
  shown: readonly string[];
  open: boolean;
  setOpen(open: boolean): void;
};

const DeskContext = createContext<Desk | null>(null);
const Asking = dynamic(() => import('./asking.tsx').then((module) => module.Asking), { ssr: false });
const OperationsDrawer = dynamic(() => import('./operations-drawer.tsx').then((module) => module.OperationsDrawer), { ssr: false });

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

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('useDesk is called outside OperationsDesk.');
  return desk;
}
