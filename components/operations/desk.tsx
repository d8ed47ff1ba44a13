import { createContext, useContext } from 'react';
import type { OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** An intent: which operation, of what, and what is already known of its input. */
export type Intent = { name: OperationName; instance: Instance | null; projectId: string; input?: Record<string, unknown> };

export type Desk = {
  /** Opens the dialog where something must be confirmed or filled in, else starts at once. */
  ask(intent: Intent): void;
  /** Puts an operation into the drawer and opens it. */
  show(operationId: string): void;
  /** What was started or shown and still runs, and the last few that ended; newest first. */
  shown: readonly string[];
  open: boolean;
  setOpen(open: boolean): void;
};

export const DeskContext = createContext<Desk | null>(null);
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('useDesk is called outside OperationsDesk.');
  return desk;
}
