import * as z from 'zod';
import { defineOperation, refuseUnlessHeard, step } from './operation.ts';

export const restartInstance = defineOperation({
  title: 'Restart instance',
  verb: 'Restart',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'REBOOT',
  input: z.object({}),
  steps: ['restart', 'verify'],
  plan: () => [step('restart', 'Restart database'), step('verify', 'Verify that it answers')],
  refuse: (facts, _input, nowMs) => refuseUnlessHeard(facts, nowMs),
  confirm: {
    typed: false,
    goes: () => ['Every connection is closed; clients must connect again. Open transactions are rolled back.'],
    stays: () => ['Data, backups, accounts and the address.'],
  },
  sentence: (facts) => `Restarting ${facts.instance?.name}.`,
});
