import * as z from 'zod';
import { defineOperation, refuseUnlessHeard, step } from './operation.ts';

/** Ends a restore in place of which both the data of before and the restored data still lie on the guest: a person says which stays. */
export const settleRestore = defineOperation({
  title: 'Settle a restore in place',
  verb: 'Settle the restore of',
  danger: 'destructive',
  action: 'instance.restore',
  subject: 'instance',
  runningStatus: 'RESTORE',
  input: z.object({
    keep: z
      .enum(['old', 'new'], 'Choose which data stays.')
      .meta({ title: 'Which data stays', titles: { old: 'The data of before the restore', new: 'The restored data' } }),
    confirmName: z.string(),
  }),
  steps: ['exchange', 'verify', 'settle', 'back-up'],
  plan: (_facts, input) => [
    step('exchange', input.keep === 'old' ? 'Stop, bring back the data of before, start' : 'Stop, put the restored data in place, start'),
    step('verify', 'Verify that it answers'),
    step('settle', 'Remove the other data'),
    ...(input.keep === 'old' ? [] : [step('back-up', 'Make a full backup of the restored data', { cancellable: true })]),
  ],
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessHeard(facts, nowMs);
    if (refusal !== null || facts.instance === null) return refusal;
    if (facts.instance.unsettledRestoreId === null) return { reason: 'No restore in place waits for a decision.' };
    if (input !== null && input.confirmName !== facts.instance.name)
      return { reason: 'The typed name differs from the instance’s name.', field: 'confirmName' };
    return null;
  },
  confirm: {
    typed: true,
    goes: (_facts, input) => [
      input?.keep === 'new'
        ? 'The data of before the restore, once the restored database answers.'
        : input?.keep === 'old'
          ? 'The restored data. The backup it came from stays, and can be restored again.'
          : 'The data you do not choose, once the other answers.',
      'Connections: the database is down for about as long as a restart takes.',
    ],
    stays: (_facts) => ['The data you choose, the name, the address and every backup.'],
  },
  sentence: (facts, { keep }) =>
    `Settling the restore of ${facts.instance?.name}: the ${keep === 'old' ? 'data of before' : 'restored data'} stays.`,
});
