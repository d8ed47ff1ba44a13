import * as z from 'zod';
import { Fault } from '../errors.ts';

/** How often the control plane saves itself, where to, and how many saves are kept. */
export const RecoveryPlan = z.object({
  /** Null is a folder of the control plane's own host, which is lost with it. */
  storageTargetId: z.uuid().nullable(),
  everyMinutes: z
    .number()
    .int()
    .min(5)
    .max(7 * 24 * 60),
  keepCount: z.number().int().min(2).max(1000),
});
export type RecoveryPlan = z.infer<typeof RecoveryPlan>;

/** The control plane's saves of itself: what is needed to bring it back on an empty machine, sealed for the recovery key. */
export const Recovery = RecoveryPlan.extend({
  nextRunAt: z.string(),
  /** The last that is complete; `to` says where, for people. */
  saved: z.object({ at: z.string(), bytes: z.number().int(), rows: z.number().int(), to: z.string() }).nullable(),
  /** When the recovery key was made anew, while saves for the one before it are kept. */
  renewedAt: z.string().nullable(),
  /** Whether somebody said that a copy of the present key is kept elsewhere. */
  keyKept: z.boolean(),
  /** Why the last run failed, or, at the moment of `saved`, why it left older saves than it should; null when neither. */
  fault: Fault.nullable(),
  faultAt: z.string().nullable(),
});
export type Recovery = z.infer<typeof Recovery>;
