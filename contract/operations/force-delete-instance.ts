import * as z from 'zod';
import { describeLoss, describeRest } from './delete-instance.ts';
import { defineOperation, step } from './operation.ts';

/** For an instance whose operation hangs or whose agent is gone: takes the claim away and removes what is there. */
export const forceDeleteInstance = defineOperation({
  title: 'Force-delete instance',
  verb: 'Force delete',
  danger: 'destructive',
  action: 'instance.force',
  subject: 'instance',
  runningStatus: 'SHUTDOWN',
  takesOver: true,
  input: z.object({ confirmName: z.string() }),
  steps: ['remove-guest', 'forget'],
  plan: () => [step('remove-guest', 'Remove guest and data'), step('forget', 'Release port and name')],
  refuse: (facts, input) => {
    if (facts.instance === null) return { reason: 'The instance does not exist.' };
    if (facts.set.some((member) => member.sourceId === facts.instance?.id))
      return { reason: 'It still has replicas. Detach or delete them first.' };
    if (input !== null && input.confirmName !== facts.instance.name)
      return { reason: 'The typed name differs from the instance’s name.', field: 'confirmName' };
    return null;
  },
  confirm: {
    typed: true,
    goes: (facts) => [...describeLoss(facts), ...(facts.running ? [`The running operation: ${facts.running.title}.`] : [])],
    stays: describeRest,
  },
  sentence: (facts) => `Force-deleting ${facts.instance?.name}.`,
});
