import * as z from 'zod';
import { defineOperation, step } from './operation.ts';

/** Ends a stuck claim after looking at the guest; changes nothing at the engine. */
export const resetStatus = defineOperation({
  title: 'Reset status',
  verb: 'Reset status',
  link: 'of',
  danger: 'interrupts',
  action: 'instance.force',
  subject: 'instance',
  runningStatus: null,
  takesOver: true,
  input: z.object({}),
  steps: ['release-claim', 'look-again'],
  plan: () => [step('release-claim', 'End the claim of the running operation'), step('look-again', 'Ask the guest for its state')],
  refuse: (facts) => {
    if (facts.instance === null) return { reason: 'The instance does not exist.' };
    if (facts.running === null && !facts.instance.errored)
      return { reason: 'Nothing is stuck: no operation runs and the status is derived from what the agent sees.' };
    return null;
  },
  confirm: {
    typed: false,
    goes: (facts) => (facts.running ? [`${facts.running.title} is ended as failed; what it did so far stays done.`] : ['The error mark.']),
    stays: () => ['The database, its data and its agent.'],
  },
  sentence: (facts) => `Resetting the status of ${facts.instance?.name}.`,
});
