import * as z from 'zod';
import { DatastoreName } from '../datastores/index.ts';
import { Id, Name, Timestamp } from '../names.ts';
import { ProofSummary } from './backup-proof.ts';

export const BackupState = z.enum(['NEW', 'BUILDING', 'SAVING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CORRUPT', 'DELETE_FAILED']);
export type BackupState = z.infer<typeof BackupState>;

/** A stored copy. `sizeBytes` is what it takes in storage, `sourceBytes` what it came from. */
export const Backup = z.object({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  instanceId: Id.nullable(),
  instanceName: z.string(),
  name: Name,
  datastore: DatastoreName,
  version: z.string(),
  kind: z.enum(['full', 'incremental']),
  parentId: Id.nullable(),
  /** Null lies in the local directory. */
  storageTargetId: Id.nullable(),
  state: BackupState,
  sizeBytes: z.number().nullable(),
  sourceBytes: z.number().nullable(),
  volumeBytes: z.number().nullable(),
  operationId: Id.nullable(),
  /** The schedule that made it; null when a person did. */
  scheduleId: Id.nullable(),
  createdBy: z.string(),
  createdAt: Timestamp,
  endedAt: Timestamp.nullable(),
  failure: z.string().nullable(),
  /** Since when it was not found in its storage, though it had been stored: CORRUPT as long as that lasts. */
  missingSince: Timestamp.nullable(),
  /** The newest try to restore it for proof. */
  proof: ProofSummary.nullable(),
});
export type Backup = z.infer<typeof Backup>;

/** Whether deleting `parentId` would take something from this one: what failed or was cancelled holds nothing. */
export function buildsOn(backup: Pick<Backup, 'parentId' | 'state'>, parentId: string): boolean {
  return backup.parentId === parentId && backup.state !== 'FAILED' && backup.state !== 'CANCELLED';
}

/** Complete, and so is everything that it builds on: it can be restored, as far as anybody knows. */
export function isWhole(backup: Linked, backups: readonly Linked[], depth = 0): boolean {
  if (backup.state !== 'COMPLETED' || depth > backups.length) return false;
  const parent = backups.find(({ id }) => id === backup.parentId);
  return backup.parentId === null || (parent !== undefined && isWhole(parent, backups, depth + 1));
}

type Linked = Pick<Backup, 'id' | 'parentId' | 'state'>;
