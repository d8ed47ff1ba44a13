import { getFlavor } from '#contract/flavors.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** What guests are told of a size. */
export function toSize({ flavorId, volumeBytes }: Pick<Instance, 'flavorId' | 'volumeBytes'>) {
  const { memoryBytes, cpus } = getFlavor(flavorId);
  return { memoryBytes, cpus, volumeBytes };
}
