import * as z from 'zod';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

export const Flavor = z.object({ id: z.string(), title: z.string(), memoryBytes: z.number().int(), cpus: z.number() });
export type Flavor = z.infer<typeof Flavor>;

/** Sizes of compute, smallest first. */
export const flavors = [
  { id: 'gb.512m', title: '512 MB · 0.5 CPU', memoryBytes: 512 * MiB, cpus: 0.5 },
  { id: 'gb.1g', title: '1 GB · 1 CPU', memoryBytes: GiB, cpus: 1 },
  { id: 'gb.2g', title: '2 GB · 1 CPU', memoryBytes: 2 * GiB, cpus: 1 },
  { id: 'gb.4g', title: '4 GB · 2 CPU', memoryBytes: 4 * GiB, cpus: 2 },
  { id: 'gb.8g', title: '8 GB · 4 CPU', memoryBytes: 8 * GiB, cpus: 4 },
  { id: 'gb.16g', title: '16 GB · 8 CPU', memoryBytes: 16 * GiB, cpus: 8 },
] as const satisfies readonly Flavor[];

export const FlavorId = z.enum(flavors.map((flavor) => flavor.id));
export type FlavorId = z.infer<typeof FlavorId>;
export const defaultFlavorId: FlavorId = 'gb.1g';

export function getFlavor(id: FlavorId): Flavor {
  const flavor = flavors.find((candidate) => candidate.id === id);
  if (!flavor) throw new Error(`Flavor ${id} is in the schema but not in the table.`);
  return flavor;
}

export const VolumeBytes = z
  .number()
  .int()
  .min(256 * MiB, 'A volume has at least 256 MB.')
  .max(16 * 1024 * GiB, 'A volume has at most 16 TB.');
export const defaultVolumeBytes = 2 * GiB;

/** Thresholds of the volume guard, as fractions of the volume. */
export const volumeThresholds = { warning: 0.85, alarm: 0.95, readOnly: 0.97, writable: 0.95 } as const;
