'use client';
import { useOperationFacts } from '#client/operation-facts.ts';
import type { Action } from '#contract/may.ts';
import { refuseUnlessRunning } from '#contract/operations/operation.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { explainDenial } from '#contract/rights.ts';

/** Why accounts cannot be changed now: a missing right, a copy that takes its accounts from elsewhere, or a database that is not there to ask. */
export function useAccountsRefusal(instance: Instance, action: Action): string | null {
  const { facts, nowMs } = useOperationFacts(instance, instance.projectId);
  if (facts === null) return 'Your rights are being looked up.';
  const denial = explainDenial(facts.actor, action, { projectId: instance.projectId });
  if (denial !== null) return denial;
  if (instance.role === 'replica') return 'A replica has the databases and users of its source. Change them there.';
  return refuseUnlessRunning(facts, nowMs)?.reason ?? null;
}
