import * as z from 'zod';
import { writeCount } from '../count-text.ts';
import { defineOperation, type OperationFacts, refuseUnlessFree, step } from './operation.ts';

export function describeLoss(facts: OperationFacts): string[] {
  return [
    'The database, all its data and accounts.',
    'Its address: the port may be given to another instance.',
    'The agent and its log files.',
    ...(countKept(facts) === 0 ? ['No backup of it exists: nothing of it can be restored.'] : []),
  ];
}

export function describeRest(facts: OperationFacts): string[] {
  const kept = countKept(facts);
  return [...(kept === 0 ? [] : [`${writeCount(kept, 'backup')}, restorable to a new instance.`]), 'The record of its operations.'];
}

function countKept({ backups, instance }: OperationFacts): number {
  return backups.filter((backup) => backup.instanceId === instance?.id && backup.state === 'COMPLETED').length;
}

export const deleteInstance = defineOperation({
  title: 'Delete instance',
  verb: 'Delete',
  danger: 'destructive',
  action: 'instance.delete',
  subject: 'instance',
  runningStatus: 'SHUTDOWN',
  input: z.object({ confirmName: z.string() }),
  steps: ['stop', 'dismiss-replica', 'remove-guest', 'forget'],
  plan: (facts) => [
    step('stop', 'Stop database'),
    ...(facts.instance?.sourceId ? [step('dismiss-replica', 'Dismiss replica at the source')] : []),
    step('remove-guest', 'Remove guest and data'),
    step('forget', 'Release port and name'),
  ],
  refuse: (facts, input) => {
    const free = refuseUnlessFree(facts);
    if (free !== null) return free;
    if (facts.set.some((member) => member.sourceId === facts.instance?.id))
      return { reason: 'It still has replicas. Detach or delete them first.' };
    if (input !== null && input.confirmName !== facts.instance?.name)
      return { reason: 'The typed name differs from the instance’s name.', field: 'confirmName' };
    return null;
  },
  confirm: { typed: true, goes: describeLoss, stays: describeRest },
  sentence: (facts) => `Deleting ${facts.instance?.name}.`,
});
