import * as z from 'zod';

/** One look at the engine and its process tree. `cpu` in cores, sizes in bytes; `metrics` by the datastore's metric keys. */
export const Sample = z.object({
  atMs: z.number(),
  cpu: z.number(),
  memoryBytes: z.number(),
  volumeUsedBytes: z.number(),
  metrics: z.record(z.string(), z.number()),
});
export type Sample = z.infer<typeof Sample>;

/** A volatile sign of life, as browsers receive it. */
export const Pulse = z.object({
  instanceId: z.string(),
  sequence: z.number().int(),
  seenAtMs: z.number(),
  sentAtMs: z.number(),
  sample: Sample.nullable(),
});
export type Pulse = z.infer<typeof Pulse>;
