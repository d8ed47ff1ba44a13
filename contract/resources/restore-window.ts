import * as z from 'zod';
import { Id } from '../names.ts';

/**
 * `on`: pieces reach the storage. `behind`: they do, but late, or nobody has heard of them for a while. `broken`: they do not reach it.
 * `off`: nobody asked for it. `unsupported`: this datastore cannot do it here.
 */
export const ArchivingState = z.enum(['on', 'off', 'behind', 'broken', 'unsupported']);
export type ArchivingState = z.infer<typeof ArchivingState>;

/** What is wrong with an archive, and what to do. */
export const ArchiveTrouble = z.object({ sentence: z.string(), next: z.string() });
export type ArchiveTrouble = z.infer<typeof ArchiveTrouble>;

/**
 * What an instance can be restored to, and what its archive does. All times are milliseconds since the epoch on the instance's own clock,
 * which stamps its transactions.
 */
export const RestoreWindow = z.object({
  instanceId: Id,
  /** What a person asked for; before anybody did, an archive begins with the first full backup. */
  wanted: z.enum(['on', 'off', 'with-first-backup']),
  archiving: ArchivingState,
  /** Milliseconds between the moments that can be told apart. Windows begin and end at such moments; one between them counts as the one before it. */
  grainMs: z.number().int().positive(),
  /** Every moment in one of these can be restored to, ends included. In order, never overlapping. */
  windows: z.array(
    z.object({
      fromMs: z.number(),
      toMs: z.number(),
      /** Still growing. */
      isOpen: z.boolean(),
      /** Bytes stored of the archive by then, rising; for how much a restore fetches. At most a few hundred points. */
      curve: z.array(z.object({ atMs: z.number(), storedBytes: z.number() })),
    }),
  ),
  /** Between and after windows; `toMs` null goes on. The reason is a sentence. */
  gaps: z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable(), reason: z.string() })),
  /** Everything committed before this is stored; null before the first. */
  archivedToMs: z.number().nullable(),
  lagMs: z.number().nullable(),
  /** What the database keeps on its volume because it is not stored yet, and the most it will before the archive is given up. */
  keptBytes: z.number().nullable(),
  keptLimitBytes: z.number().nullable(),
  /** What the archive takes in storage. */
  storedBytes: z.number(),
  error: ArchiveTrouble.nullable(),
  /** Completed backups of the instance, oldest first; a restore to a point starts from one that is a base, with all that it adds to. */
  backups: z.array(
    z.object({
      id: Id,
      name: z.string(),
      kind: z.enum(['full', 'incremental']),
      endedAtMs: z.number(),
      sizeBytes: z.number(),
      /** With those it adds to: what is fetched, and what that takes unpacked at most. */
      fetchBytes: z.number(),
      unpackBytes: z.number(),
      isBase: z.boolean(),
    }),
  ),
});
export type RestoreWindow = z.infer<typeof RestoreWindow>;

/** How a restore to a point would be done. */
export const RestorePlan = z.object({
  backupId: Id,
  backupName: z.string(),
  backupEndedAtMs: z.number(),
  /** Bytes to fetch: the base backup, and the archive from it to the point. */
  baseBytes: z.number(),
  archiveBytes: z.number(),
  /** What it takes on the new volume at least. */
  volumeBytes: z.number(),
  lowMs: z.number(),
  highMs: z.number(),
});
export type RestorePlan = z.infer<typeof RestorePlan>;
