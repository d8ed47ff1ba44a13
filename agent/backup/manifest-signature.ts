import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StoredBackup } from '#contract/guest/stored-backup.ts';
import { isSigned } from '#drivers/storage/manifest-signature.ts';
import { toKeyBytes } from './parts.ts';

/** By what a stored manifest is believed: the keys of its chain, and what the catalogue says of those that have no signature. */
export type Trust = Pick<StoredBackup, 'keys' | 'unsigned' | 'signatures'>;

const Signed = z.object({
  backupId: z.string(),
  seal: z.object({ keyId: z.string() }),
  signature: z.string().nullable().default(null),
});

/** Throws `backup-damaged` where a manifest, as it was read, is not what was written under the project's key. */
export function assertSigned(read: unknown, { keys, unsigned, signatures }: Trust): void {
  const { backupId, seal, signature } = Signed.parse(read);
  const known = unsigned.find((manifest) => manifest.backupId === backupId);
  if (signature === null && known !== undefined && isDeepStrictEqual(BackupManifest.parse(read), known)) return;
  const key = keys.find(({ id }) => id === seal.keyId);
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this backup is sealed with is not known here.');
  if (!isSigned(z.record(z.string(), z.unknown()).parse(read), toKeyBytes(key)))
    throw new GuestboardError('backup-damaged', 'The backup’s manifest was changed since it was written.', { detail: backupId });
  if (signature !== (signatures?.[backupId] ?? signature))
    throw new GuestboardError('backup-damaged', 'The backup’s manifest is an earlier one, not the one that was written last.', {
      detail: backupId,
    });
}
