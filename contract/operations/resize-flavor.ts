import * as z from 'zod';
import { FlavorId, getFlavor } from '../flavors.ts';
import { defineOperation, refuseUnlessRunning, step } from './operation.ts';

export const resizeFlavor = defineOperation({
  title: 'Resize flavor',
  verb: 'Resize flavor',
  link: 'of',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'RESIZE',
  input: z.object({ flavorId: FlavorId.meta({ title: 'Flavor' }) }),
  steps: ['resize', 'restart', 'verify'],
  plan: () => [step('resize', 'Set new limits'), step('restart', 'Restart database'), step('verify', 'Verify that it answers')],
  takes: ({ instance }, input) =>
    instance === null || input === null ? {} : { ram: getFlavor(input.flavorId).memoryBytes - getFlavor(instance.flavorId).memoryBytes },
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessRunning(facts, nowMs);
    if (refusal !== null || input === null || facts.instance === null) return refusal;
    if (facts.instance.flavorId === input.flavorId) return { reason: 'The instance already has this flavor.', field: 'flavorId' };
    const { id, sourceId } = facts.instance;
    const wanted = getFlavor(input.flavorId).memoryBytes;
    if (facts.set.some((member) => member.sourceId === id && getFlavor(member.flavorId).memoryBytes < wanted)) {
      return { reason: 'A replica is smaller than this flavor. Resize the replicas first.', field: 'flavorId' };
    }
    const source = facts.set.find((member) => member.id === sourceId);
    if (source && getFlavor(source.flavorId).memoryBytes > wanted)
      return { reason: 'A replica cannot be smaller than its source. Resize the source first.', field: 'flavorId' };
    return null;
  },
  confirm: {
    typed: false,
    goes: () => ['The database restarts: every connection is closed, open transactions are rolled back.'],
    stays: () => ['Data, backups, accounts and the address.'],
  },
  about: (_facts, input) => `to ${getFlavor(input.flavorId).title}`,
  sentence: (facts, input) => `Resizing ${facts.instance?.name} to ${getFlavor(input.flavorId).title}.`,
});
