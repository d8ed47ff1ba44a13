import * as z from 'zod';
import { VolumeBytes } from '../flavors.ts';
import { formatBytes } from '../size-text.ts';
import { defineOperation, refuseUnlessHeard, step } from './operation.ts';

export const resizeVolume = defineOperation({
  title: 'Resize volume',
  verb: 'Resize volume',
  link: 'of',
  danger: 'none',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'RESIZE',
  input: z.object({ volumeBytes: VolumeBytes.meta({ title: 'Volume', unit: 'bytes' }) }),
  steps: ['resize', 'verify'],
  plan: () => [step('resize', 'Enlarge volume'), step('verify', 'Verify that it accepts writes')],
  takes: ({ instance }, input) => (instance === null || input === null ? {} : { volumes: input.volumeBytes - instance.volumeBytes }),
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessHeard(facts, nowMs);
    if (refusal !== null || input === null || facts.instance === null) return refusal;
    return input.volumeBytes > facts.instance.volumeBytes
      ? null
      : { reason: 'A volume can only grow. Choose a larger size.', field: 'volumeBytes' };
  },
  about: (_facts, input) => `to ${formatBytes(input.volumeBytes)}`,
  sentence: (facts) => `Enlarging the volume of ${facts.instance?.name}.`,
});
