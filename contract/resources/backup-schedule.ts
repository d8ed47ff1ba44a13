import * as z from 'zod';
import { Id, Timestamp } from '../names.ts';
import { StorageChoice } from './storage-choice.ts';

/** Five fields, without nicknames; the control plane says whether they mean anything. */
export const Cron = z
  .string()
  .trim()
  .max(100)
  .regex(/^[^\s@]+(?: +[^\s@]+){4}$/, 'Use five fields: minute, hour, day of the month, month, day of the week.');

export const TimeZone = z.string().max(60).refine(isTimeZone, 'Use an IANA time zone, such as Europe/Berlin or UTC.');

export const ProveEvery = z.number().int().min(1).max(100).nullable();

/** What a person decides about a schedule. */
export const BackupScheduleSettings = z.object({
  cron: Cron,
  timeZone: TimeZone,
  /** Instances start up to this much later than the time says, each by its own fixed share, so that they do not all start at once. */
  jitterSeconds: z.number().int().min(0).max(3600),
  /** 1 makes every backup a full one; above, each full one is followed by increments until there are so many together. */
  fullEvery: z.number().int().min(1).max(100),
  /** So many completed ones stay; null keeps any number. */
  keepCount: z.number().int().min(1).max(1000).nullable(),
  /** Older ones go; null keeps any age. */
  keepDays: z.number().int().min(1).max(3650).nullable(),
  /** After so many of its backups the newest is really restored for proof; null never does. */
  proveEvery: ProveEvery.default(null),
  /** Of full ones: an increment lies where what it adds to lies. */
  storage: StorageChoice.default('default'),
});
export type BackupScheduleSettings = z.infer<typeof BackupScheduleSettings>;

/** The same, and whether it runs at all. */
export const BackupScheduleChange = BackupScheduleSettings.extend({ enabled: z.boolean() });

/** When an instance is backed up by itself. It runs with the rights of whoever changed it last. */
export const BackupSchedule = BackupScheduleChange.extend({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  instanceId: Id,
  changedBy: z.string(),
  lastRunAt: Timestamp.nullable(),
  /** How the last run went, as a sentence. */
  lastOutcome: z.string().nullable(),
  lastTone: z.enum(['working', 'healthy', 'attention', 'broken']).nullable(),
  /** Jitter included; null while paused. */
  nextRunAt: Timestamp.nullable(),
  createdAt: Timestamp,
});
export type BackupSchedule = z.infer<typeof BackupSchedule>;

/** What retention says of one backup, and why. */
const Verdict = z.object({ backupId: Id, name: z.string(), reason: z.string() });

/** What a schedule would do. */
export const BackupSchedulePreview = z.object({
  words: z.string(),
  /** The next five, jitter included. */
  runs: z.array(Timestamp),
  next: z.object({ name: z.string(), kind: z.enum(['full', 'incremental']) }),
  /** What goes once the next backup is complete, in this order. */
  goes: z.array(Verdict),
  /** What is due to go and stays for a reason. */
  held: z.array(Verdict),
});
export type BackupSchedulePreview = z.infer<typeof BackupSchedulePreview>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== undefined;
  } catch {
    return false;
  }
}
