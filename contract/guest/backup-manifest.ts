import * as z from 'zod';
import { Id } from '../names.ts';

/**
 * What was in a database around the time it was copied: each table's rows (or database's keys), before and after, under a salted digest of
 * its name. `quiet` where nobody wrote meanwhile: then the copy holds exactly as many. Tables too large to count in passing are in `total` only.
 */
export const BackupCounts = z.object({
  unit: z.enum(['tables', 'keys']),
  total: z.object({ before: z.number().int(), after: z.number().int() }),
  each: z.array(z.object({ of: z.string(), before: z.number().int(), after: z.number().int(), quiet: z.boolean() })),
  /** When everything had been counted for the first time: from then to the copy's end, nobody wrote to what is quiet. Null where an older agent counted. */
  quietFromMs: z.number().nullable().default(null),
});
export type BackupCounts = z.infer<typeof BackupCounts>;

/** Stored before the first part and gone when the manifest is there: says whose parts are that lie without a manifest. */
export const BackupMark = {
  fileName: 'begun.json',
  schema: z.object({ backupId: Id, projectId: z.string(), instanceId: Id, startedAtMs: z.number() }),
};

/**
 * What a backup is made of; written last, and its presence means the backup is complete. `codec` is what the parts are packed with
 * beneath their seal; sizes and checksums are of the bytes as stored. Positions are the engine's own: LSN, offset.
 */
export const BackupManifest = z.object({
  format: z.literal('guestboard-backup-1'),
  backupId: Id,
  instanceId: Id,
  projectId: z.string(),
  datastore: z.string(),
  version: z.string(),
  kind: z.enum(['full', 'incremental']),
  parentId: Id.nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  codec: z.enum(['none', 'gzip', 'zstd']),
  seal: z.object({ cipher: z.literal('aes-256-gcm'), keyId: Id }),
  startPosition: z.string(),
  endPosition: z.string(),
  timeline: z.number().int().nullable(),
  /** What else the engine needs to go on from here: binary log, GTID. */
  coordinates: z.record(z.string(), z.string()).default({}),
  sourceBytes: z.number(),
  /** Null where they could not be taken: the copy counts, not what was counted. */
  counts: BackupCounts.nullable().default(null),
  parts: z.array(z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/), sizeBytes: z.number(), sha256: z.string() })),
  /** Of all the rest, under a key made of the one that the parts are sealed with; null where an older agent wrote it. */
  signature: z.string().nullable().default(null),
});
export type BackupManifest = z.infer<typeof BackupManifest>;
