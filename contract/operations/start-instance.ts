import * as z from 'zod';
import { defineOperation, refuseUnlessHeard, step } from './operation.ts';

export const startInstance = defineOperation({
  title: 'Start instance',
  verb: 'Start',
  danger: 'none',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'REBOOT',
  input: z.object({}),
  steps: ['start', 'verify'],
  plan: () => [step('start', 'Start database'), step('verify', 'Verify that it answers')],
  refuse: (facts, _input, nowMs) =>
    refuseUnlessHeard(facts, nowMs) ??
    (facts.instance?.guest?.processState === 'running' ? { reason: 'The database is already running.' } : null),
  sentence: (facts) => `Starting ${facts.instance?.name}.`,
});
