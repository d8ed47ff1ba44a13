import type * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { findObject } from '#drivers/storage/find-object.ts';
import { mostManifestBytes } from '#drivers/storage/manifest-signature.ts';
import { readText } from '#drivers/storage/read-text.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';

/** No command makes a backup for longer than a day: what began before that is nobody's work, wherever it was asked for. */
export const abandonedMs = 25 * 60 * 60_000;

export function isUntouched(objects: readonly StoredObject[], sinceMs: number): boolean {
  return objects.every(({ modifiedAtMs }) => modifiedAtMs < sinceMs);
}

/** Everything that the manifest names lies there, as long as it says. */
export function areThere({ backupId, parts }: Pick<BackupManifest, 'backupId' | 'parts'>, sizes: ReadonlyMap<string, number>): boolean {
  return parts.every(({ name, sizeBytes }) => sizes.get(`${backupId}/${name}`) === sizeBytes);
}

export function toSizes(objects: readonly StoredObject[]): Map<string, number> {
  return new Map(objects.map(({ key, sizeBytes }) => [key, sizeBytes]));
}

/** Of a place in which something should lie: nothing follows from what is not in it. */
export function toEmptyStorageError(): GuestboardError {
  return new GuestboardError('storage-error', 'The storage holds nothing at all, as one that is not mounted does.');
}

/** What an agent wrote beside what it stores, of whose it is. Null where nothing is, or something else. */
export async function readMark<T>(storage: Storage, key: string, schema: z.ZodType<T>): Promise<T | null> {
  const stored = await findObject(storage, key);
  return stored === null ? null : (schema.safeParse(parseJson((await readText(stored, mostManifestBytes)) ?? '')).data ?? null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
