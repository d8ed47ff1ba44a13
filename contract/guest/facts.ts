import * as z from 'zod';

export const ProcessState = z.enum(['none', 'starting', 'running', 'not-answering', 'stopped', 'crashed', 'gave-up']);
export type ProcessState = z.infer<typeof ProcessState>;
export const Role = z.enum(['standalone', 'source', 'replica']);
export type Role = z.infer<typeof Role>;
export const DesiredState = z.enum(['running', 'stopped']);
export type DesiredState = z.infer<typeof DesiredState>;

/** `behind` and `broken` come with what is wrong and what to do. */
export const ArchiveFacts = z.object({
  state: z.enum(['on', 'behind', 'broken']),
  error: z.object({ sentence: z.string(), next: z.string() }).nullable(),
});
export type ArchiveFacts = z.infer<typeof ArchiveFacts>;

/** What an agent saw when it last looked. Bytes and milliseconds since the epoch. */
export const GuestFacts = z.object({
  processState: ProcessState,
  acceptsLogins: z.boolean(),
  acceptsWrites: z.boolean(),
  restartRequired: z.boolean(),
  role: Role,
  version: z.string().nullable(),
  startedAtMs: z.number().nullable(),
  /** When the agent last brought a crashed engine back, and how often in the last ten minutes. */
  restartedAtMs: z.number().nullable(),
  crashedAtMs: z.number().nullable(),
  /** When a crashed engine is started again; only while the agent waits for that moment. */
  nextTryAtMs: z.number().optional(),
  recentCrashes: z.number().int(),
  volumeUsedBytes: z.number(),
  volumeState: z.enum(['ok', 'warning', 'alarm', 'read-only']),
  enforcement: z.object({ memory: z.enum(['enforced', 'advisory']), cpu: z.enum(['enforced', 'advisory']) }),
  /** A replica's view of its source: null elsewhere. */
  replication: z.object({ connected: z.boolean(), lagBytes: z.number().nullable(), lagMs: z.number().nullable() }).nullable(),
  /** What becomes of its continuous archive; absent where there is none. */
  archive: ArchiveFacts.optional(),
  /** The engine's own words when it is not well. */
  lastError: z.string().nullable(),
  /** Why it does not answer and what to do, where it says that itself; absent otherwise. */
  busyWith: z.string().optional(),
});
export type GuestFacts = z.infer<typeof GuestFacts>;
