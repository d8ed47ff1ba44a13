import { useOperationFacts } from '#client/operation-facts.ts';
import { type CreateInstanceInput, createInstance } from '#contract/operations/create-instance.ts';
import type { Refusal } from '#contract/operations/operation.ts';
import type { DraftDesk } from './use-draft.ts';

/** Why a moment cannot be restored to with what is typed, by the same rule that the API asks, before anything is sent. */
export function useDraftRefusal({ draft, window, unresolved }: DraftDesk, input: CreateInstanceInput | undefined): Refusal {
  const { facts, nowMs } = useOperationFacts(null, draft.projectId, { everything: true });
  if (unresolved !== null || facts === null || input === undefined || window === undefined || input.from.kind !== 'point-in-time')
    return null;
  return createInstance.refuse({ ...facts, restoreWindows: [window] }, input, nowMs);
}
