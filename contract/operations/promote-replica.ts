import * as z from 'zod';
import { isSilent } from '../status.ts';
import { defineOperation, type OperationFacts, refuseUnlessCapable, refuseUnlessRunning, step } from './operation.ts';

/** A healthy set changes source: the old one is fenced, the replica caught up and opened, the others and the old source follow. */
export const promoteReplica = defineOperation({
  title: 'Promote to source',
  verb: 'Promote',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'PROMOTE',
  claims: 'set',
  input: z.object({}),
  steps: ['fence-source', 'promote', 'repoint'],
  plan: (facts) => [
    step('fence-source', 'Stop writes at the source'),
    step('promote', `Catch up and open ${facts.instance?.name ?? 'the replica'}`),
    step('repoint', ['Let the others follow', sayInherited(facts)].filter((said) => said !== null).join(', ')),
  ],
  refuse: (facts, _input, nowMs) => {
    const incapable = refuseUnlessCapable(facts, 'replication', 'replicas');
    if (incapable !== null) return incapable;
    if (facts.instance !== null && facts.instance.role !== 'replica') return { reason: 'Only a replica can be promoted.' };
    const refusal = refuseUnlessRunning(facts, nowMs);
    if (refusal !== null) return refusal;
    const source = findSource(facts);
    if (!source) return { reason: 'Its source is not known. Detach it instead.' };
    if (source.operationId !== null) return { reason: `${source.name} is busy with an operation. Wait until it ends.` };
    if (
      isSilent(
        {
          agentSeenAtMs: source.agentSeenAt === null ? null : Date.parse(source.agentSeenAt),
          heartbeatIntervalMs: source.heartbeatIntervalMs,
        },
        nowMs,
      )
    ) {
      return { reason: `The agent of ${source.name} is silent; a promotion needs a healthy source. Detach the replica to use it alone.` };
    }
    if (source.guest?.processState !== 'running')
      return { reason: `${source.name} is not running. Start it first; where it cannot be started, detach the replica to use it alone.` };
    return null;
  },
  confirm: {
    typed: false,
    goes: (facts) => [`Writes stop for about a second, then ${facts.instance?.name} takes them. Clients must connect to its address.`],
    stays: (facts) => [
      `${findSource(facts)?.name ?? 'The old source'} goes on as a replica; no committed row is lost.`,
      `Its backup schedule and its continuous archive, where it has them, go on at ${facts.instance?.name}, beginning with a full backup. The backups made so far can still be restored.`,
      ...(findInherited(facts) === null ? [] : [`The values of its configuration group: ${facts.instance?.name} has none, and takes it.`]),
    ],
  },
  sentence: (facts) => `Promoting ${facts.instance?.name}.`,
});

function findSource({ instance, set }: OperationFacts) {
  return set.find((member) => member.id === instance?.sourceId);
}

/** What the source runs with, and a replica from before replicas took their source's group does not. */
function findInherited(facts: OperationFacts) {
  if (facts.instance?.configurationGroupId !== null) return null;
  const id = findSource(facts)?.configurationGroupId ?? null;
  return facts.configurationGroups.find((group) => group.id === id) ?? null;
}

function sayInherited(facts: OperationFacts): string | null {
  const group = findInherited(facts);
  return group && `apply the configuration group ${group.name} of ${findSource(facts)?.name}`;
}
