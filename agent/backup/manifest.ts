import { Readable } from 'node:stream';
import type * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest, BackupMark } from '#contract/guest/backup-manifest.ts';
import type { BackupKey } from '#contract/guest/stored-backup.ts';
import { findObject, hasObject } from '#drivers/storage/find-object.ts';
import { mostManifestBytes, signManifest } from '#drivers/storage/manifest-signature.ts';
import { readText } from '#drivers/storage/read-text.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { assertSigned, type Trust } from './manifest-signature.ts';
import { toKeyBytes } from './parts.ts';

/** Null where no complete backup of that id is stored. Throws `backup-damaged` where its manifest is not what was written. */
export async function readManifest(storage: Storage, backupId: string, trust: Trust): Promise<BackupManifest | null> {
  const stored = await findObject(storage, toKey(backupId));
  if (stored === null) return null;
  const text = await readText(stored, mostManifestBytes);
  try {
    if (text === null) throw new GuestboardError('backup-damaged', 'The backup’s manifest is longer than any that is written.');
    const read: unknown = JSON.parse(text);
    assertSigned(read, trust);
    const manifest = BackupManifest.parse(read);
    if (manifest.backupId === backupId) return manifest;
    throw new GuestboardError('backup-damaged', 'The manifest is that of another backup.', { detail: backupId });
  } catch (error) {
    if (error instanceof GuestboardError) throw error;
    throw new GuestboardError('backup-damaged', 'The backup’s manifest cannot be read.', { cause: error });
  }
}

/** Signs it, stores it, and answers what it stored. */
export async function writeManifest(
  storage: Storage,
  unsigned: Omit<BackupManifest, 'signature'>,
  key: BackupKey,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const manifest = { ...unsigned, signature: signManifest(unsigned, toKeyBytes(key)) };
  await storage.put(toKey(manifest.backupId), Readable.from([Buffer.from(JSON.stringify(manifest, null, 2))]), signal);
  return manifest;
}

/** Before the first part: whoever finds parts without a manifest sees whose they are. */
export async function markBegun(storage: Storage, mark: z.infer<typeof BackupMark.schema>, signal: AbortSignal): Promise<void> {
  await storage.put(`${mark.backupId}/${BackupMark.fileName}`, Readable.from([Buffer.from(JSON.stringify(mark))]), signal);
}

/** The manifest is there: what has no mark is whole. */
export async function removeMark(storage: Storage, backupId: string): Promise<void> {
  await storage.delete(`${backupId}/${BackupMark.fileName}`);
}

/** What somebody took away meanwhile is not written down as stored. Throws `storage-error`. */
export async function assertStored(storage: Storage, backupId: string, parts: BackupManifest['parts']): Promise<void> {
  const stored = new Map((await storage.list(`${backupId}/`)).map(({ key, sizeBytes }) => [key, sizeBytes]));
  for (const { name, sizeBytes } of parts) {
    const key = `${backupId}/${name}`;
    // A listing may lag behind; the object itself does not.
    if (stored.get(key) === sizeBytes || (!stored.has(key) && (await hasObject(storage, key)))) continue;
    throw new GuestboardError('storage-error', `The part ${name} was stored and is not there any more. Make the backup again.`, {
      detail: backupId,
    });
  }
}

/** The manifest goes first: without it what is left is no backup. */
export async function removeObjects(storage: Storage, backupId: string): Promise<void> {
  await storage.delete(toKey(backupId));
  await storage.deleteFolder(`${backupId}/`);
}

/** From the full backup to the one asked for. Throws `not-found` where one of them is not complete, `backup-damaged` where they do not fit. */
export async function readChain(storage: Storage, backupId: string, trust: Trust): Promise<BackupManifest[]> {
  const chain: BackupManifest[] = [];
  for (let id: string | null = backupId; id !== null; ) {
    const manifest: BackupManifest | null = await readManifest(storage, id, trust);
    if (manifest === null) {
      const which = chain.length === 0 ? 'The backup' : 'A backup that this one builds on';
      if (await hasOnlyParts(storage, id))
        throw new GuestboardError('backup-damaged', `${which} has lost its manifest in the backup storage.`, { detail: id });
      throw new GuestboardError('not-found', `${which} is not complete in the backup storage.`, { detail: id });
    }
    const isFitting = manifest.kind === (manifest.parentId === null ? 'full' : 'incremental');
    if (!isFitting || chain.some((known) => known.backupId === id))
      throw new GuestboardError('backup-damaged', 'The backup’s manifest does not fit its chain.', { detail: id });
    chain.unshift(manifest);
    id = manifest.parentId;
  }
  return chain;
}

/** The manifest is written last: parts that are nobody's unfinished work have lost theirs. */
async function hasOnlyParts(storage: Storage, backupId: string): Promise<boolean> {
  const left = await storage.list(`${backupId}/`);
  return left.length > 0 && !left.some(({ key }) => key === `${backupId}/${BackupMark.fileName}`);
}

function toKey(backupId: string): string {
  return `${backupId}/manifest.json`;
}
