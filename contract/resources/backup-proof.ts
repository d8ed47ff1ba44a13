import * as z from 'zod';
import { Id, Timestamp } from '../names.ts';

/**
 * How a restore that was really tried went. `undecided` could not be tried to its end, which says nothing about the backup; `overtaken` went
 * well, but the backup was found damaged since.
 */
export const ProofState = z.enum(['running', 'proved', 'failed', 'undecided', 'overtaken']);
export type ProofState = z.infer<typeof ProofState>;

/** What a backup's badge shows: what was restored, and how long it took from the first byte fetched to the first answer. */
export const ProofSummary = z.object({
  id: Id,
  backupId: Id,
  state: ProofState,
  /** Up to when the archive was replayed on it; null where only the backup was restored. */
  momentAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  firstQueryMs: z.number().nullable(),
  unit: z.enum(['tables', 'keys']).nullable(),
  things: z.number().int().nullable(),
  /** How many counts of the time of the backup were compared; null as long as nothing was found. */
  compared: z.number().int().nullable(),
});
export type ProofSummary = z.infer<typeof ProofSummary>;

/** What a guest found in the restored copy. */
export const ProofFindings = z.object({
  unit: z.enum(['tables', 'keys']),
  things: z.number().int(),
  /** Rows counted in the restored copy; null where the datastore has none. */
  rows: z.number().nullable(),
  /** How many counts of the time of the backup were compared, and how many of those had to be equal to the row. */
  compared: z.number().int(),
  exact: z.number().int(),
  /** What was not as it had been; empty when all was. */
  differences: z.array(z.string()).max(20),
  checks: z.array(z.object({ what: z.string(), outcome: z.string() })),
});
export type ProofFindings = z.infer<typeof ProofFindings>;

/** A report, kept for as long as its backup. */
export const BackupProof = ProofSummary.extend({
  projectId: z.string(),
  instanceId: Id.nullable(),
  startedAt: Timestamp,
  askedBy: z.string(),
  restoreMs: z.number().nullable(),
  findings: ProofFindings.nullable(),
  /** Why it did not go well, and what to do about it. */
  cause: z.string().nullable(),
  nextStep: z.string().nullable(),
});
export type BackupProof = z.infer<typeof BackupProof>;
