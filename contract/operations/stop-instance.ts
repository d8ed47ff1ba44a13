import * as z from 'zod';
import { defineOperation, refuseUnlessHeard, step } from './operation.ts';

export const stopInstance = defineOperation({
  title: 'Stop instance',
  verb: 'Stop',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'REBOOT',
  input: z.object({}),
  steps: ['stop'],
  plan: () => [step('stop', 'Stop database')],
  refuse: (facts, _input, nowMs) =>
    refuseUnlessHeard(facts, nowMs) ??
    (facts.instance?.guest?.processState === 'stopped' ? { reason: 'The database is already stopped.' } : null),
  confirm: {
    typed: false,
    goes: (facts) => [
      'Every connection is closed and new ones are refused until the next start.',
      ...(facts.set.some((member) => member.sourceId === facts.instance?.id) ? ['Its replicas stop receiving changes.'] : []),
    ],
    stays: () => ['Data, backups, accounts and the address.'],
  },
  sentence: (facts) => `Stopping ${facts.instance?.name}.`,
});
