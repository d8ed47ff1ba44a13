import { useOperationFacts } from '#client/operation-facts.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { explainDenial } from '#contract/rights.ts';

/** Why an operation is closed: a missing right first, then what the instance's state forbids; null when it is open. */
export function explainRefusal(
  name: OperationName,
  facts: OperationFacts,
  input: Record<string, unknown> | null,
  nowMs: number,
): string | null {
  const definition = getOperation(name);
  return (
    explainDenial(facts.actor, definition.action, { projectId: facts.projectId }) ?? definition.refuse(facts, input, nowMs)?.reason ?? null
  );
}

export function useRefusal(
  name: OperationName,
  instance: Instance | null,
  projectId: string,
  input: Record<string, unknown> | null = null,
) {
  const takes = getOperation(name).takes !== undefined;
  const { facts, nowMs } = useOperationFacts(instance, projectId, { everything: input !== null, limits: input !== null || takes });
  if (facts === null) return 'Your rights are being looked up.';
  // The name is typed later, in the dialog.
  const word = input === null ? null : (getOperation(name).confirm?.typedName?.(facts, input) ?? null);
  return explainRefusal(name, facts, word === null ? input : { ...input, confirmName: word }, nowMs);
}
