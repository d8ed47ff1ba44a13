import type { OperationFacts } from '#contract/operations/operation.ts';

/** While no control plane was there to hear it, no agent was silent: taken up after an outage, an operation counts from its end. */
export function countFromOurStart(instance: OperationFacts['instance']): OperationFacts['instance'] {
  if (instance?.agentSeenAt == null || Date.parse(instance.agentSeenAt) >= performance.timeOrigin) return instance;
  return { ...instance, agentSeenAt: new Date(performance.timeOrigin).toISOString() };
}
