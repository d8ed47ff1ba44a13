import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { BackupKey, StoredBackup } from '#contract/guest/stored-backup.ts';
import { toKeyBytes } from './parts.ts';

/** By what a stored manifest is believed: the keys of its chain, and what the catalogue says of those that have no signature. */
export type Trust = Pick<StoredBackup, 'keys' | 'unsigned'>;

const Signed = z.object({
  backupId: z.string(),
  seal: z.object({ keyId: z.string() }),
  signature: z.string().nullable().default(null),
});

/**
 * The signature of everything else that stands in a manifest: what a storage holds may be changed by whoever reaches it, and says where in
 * the log to go on from and whose passwords are true. In the order in which it is written down, which is the one it is read in.
 */
export function signManifest(unsigned: object, key: BackupKey): string {
  const signingKey = Buffer.from(hkdfSync('sha256', toKeyBytes(key), '', 'guestboard manifest', 32));
  return createHmac('sha256', signingKey).update(JSON.stringify(unsigned)).digest('base64');
}

/** Throws `backup-damaged` where a manifest, as it was read, is not what was written under the project's key. */
export function assertSigned(read: unknown, { keys, unsigned }: Trust): void {
  const { backupId, seal, signature } = Signed.parse(read);
  const known = unsigned.find((manifest) => manifest.backupId === backupId);
  if (signature === null && known !== undefined && isDeepStrictEqual(BackupManifest.parse(read), known)) return;
  const key = keys.find(({ id }) => id === seal.keyId);
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this backup is sealed with is not known here.');
  // As it was read: a schema would put its fields first.
  const { signature: _, ...rest } = z.record(z.string(), z.unknown()).parse(read);
  const [given, right] = [Buffer.from(signature ?? ''), Buffer.from(signManifest(rest, key))];
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new GuestboardError('backup-damaged', 'The backup’s manifest was changed since it was written.', { detail: backupId });
}
