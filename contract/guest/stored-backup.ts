import * as z from 'zod';
import { Id, SealableSecret } from '../names.ts';
import { BackupManifest } from './backup-manifest.ts';
import { StorageAddress } from './storage-address.ts';

/** A project's key for its backups: 32 bytes in base64, under the name that manifests know it by. */
export const BackupKey = z.object({ id: Id, password: SealableSecret });
export type BackupKey = z.infer<typeof BackupKey>;

/**
 * A stored copy and what is needed to read it. `keys` holds that of each backup of its chain; `unsigned`: the manifests of those of it
 * that an older agent made, which did not sign them, as the catalogue has them: no other may come without a signature, and none otherwise.
 * `signatures`, by backup: those of the rest, as the catalogue has them; what was signed before and laid in their place is not them.
 */
export const StoredBackup = z.object({
  backupId: Id,
  storage: StorageAddress,
  keys: z.array(BackupKey),
  unsigned: z.array(BackupManifest).default([]),
  signatures: z.record(Id, z.string()).optional(),
});
export type StoredBackup = z.infer<typeof StoredBackup>;

/** One contiguous run of an instance's archived pieces, and the keys they are sealed with. */
export const StoredArchive = z.object({
  instanceId: Id,
  spanId: Id,
  storage: StorageAddress,
  keys: z.array(BackupKey),
  /** How far it was reported to be stored; null where that was never told. What lies there must not be less. */
  known: z.object({ position: z.string(), bytes: z.number() }).nullable().default(null),
});
export type StoredArchive = z.infer<typeof StoredArchive>;
