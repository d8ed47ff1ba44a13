import * as z from 'zod';
import { Id, Timestamp } from '../names.ts';

/** Something that happened to an instance. `at` is when it happened on the guest, `recordedAt` when the conductor wrote it down. */
export const InstanceEvent = z.object({
  id: z.string(),
  projectId: z.string(),
  instanceId: Id,
  code: z.string(),
  tone: z.enum(['info', 'good', 'attention', 'broken']),
  sentence: z.string(),
  at: Timestamp,
  recordedAt: Timestamp,
  detail: z.string().nullable(),
});
export type InstanceEvent = z.infer<typeof InstanceEvent>;
