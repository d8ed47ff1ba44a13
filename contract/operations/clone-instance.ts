import * as z from 'zod';
import { getFlavor } from '../flavors.ts';
import { Name } from '../names.ts';
import { defineOperation, refuseTaken, refuseUnlessCapable, refuseUnlessRunning, step } from './operation.ts';

const whole = { resumable: false };

/** A second instance with the data of this moment: one backup, and one bootstrap from it. A failure leaves no half-made instance. */
export const cloneInstance = defineOperation({
  title: 'Clone instance',
  verb: 'Clone',
  danger: 'none',
  action: 'instance.create',
  subject: 'instance',
  runningStatus: 'BACKUP',
  input: z.object({ name: Name.meta({ title: 'Name of the clone' }) }),
  steps: ['reserve-guest', 'store', 'initialise', 'start', 'verify'],
  plan: () => [
    step('reserve-guest', 'Reserve guest', { cancellable: true, ...whole }),
    step('store', 'Back up to storage, and let the source go', { cancellable: true, ...whole }),
    step('initialise', 'Fetch backup', { cancellable: true, ...whole }),
    step('start', 'Start database', whole),
    step('verify', 'Verify that it answers', whole),
  ],
  takes: ({ instance }) =>
    instance === null ? {} : { instances: 1, ram: getFlavor(instance.flavorId).memoryBytes, volumes: instance.volumeBytes, backups: 1 },
  refuse: (facts, input, nowMs) =>
    refuseUnlessCapable(facts, 'backup', 'backups') ??
    refuseUnlessRunning(facts, nowMs) ??
    (input !== null && input.name === facts.instance?.name ? { reason: 'The clone needs a name of its own.' } : null) ??
    (input === null ? null : refuseTaken(facts, input.name)),
  about: (_facts, input) => `as ${input.name}`,
  sentence: (facts, input) => `Cloning ${facts.instance?.name} as ${input.name}.`,
});
