import * as z from 'zod';
import { defineOperation, refuseUnlessCapable, refuseUnlessRunning, step } from './operation.ts';

export const detachReplica = defineOperation({
  title: 'Detach replica',
  verb: 'Detach',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'DETACH',
  input: z.object({}),
  steps: ['promote', 'dismiss-replica', 'forget-source'],
  plan: () => [
    step('promote', 'Open for writing'),
    step('dismiss-replica', 'Dismiss replica at the source'),
    step('forget-source', 'Make it standalone'),
  ],
  refuse: (facts, _input, nowMs) =>
    refuseUnlessCapable(facts, 'replication', 'replicas') ??
    (facts.instance !== null && facts.instance.role !== 'replica'
      ? { reason: 'Only a replica can be detached.' }
      : refuseUnlessRunning(facts, nowMs)),
  confirm: {
    typed: false,
    goes: () => [
      'It no longer receives changes from its source; the two drift apart from now on.',
      'Nothing backs it up by itself: the schedule and the archive stay with the source. Give it its own where it is to be kept.',
    ],
    stays: () => ['Its data up to this moment, and its address. The source is not touched.'],
  },
  sentence: (facts) => `Detaching ${facts.instance?.name}.`,
});
