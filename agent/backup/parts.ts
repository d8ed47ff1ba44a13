import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { BackupKey } from '#contract/guest/stored-backup.ts';
import { findObject } from '#drivers/storage/find-object.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { inClear } from '../secrets-in-clear.ts';
import { streamed } from '../small-heap.ts';
import { type Codec, pack, unpack } from './codec.ts';
import type { CopyPart } from './copier.ts';
import { seal, unseal } from './sealing.ts';

export type Part = BackupManifest['parts'][number];

/** Packs, seals and stores one part as it comes; holds a few frames of it at a time. */
export async function storePart(
  storage: Storage,
  part: CopyPart,
  { backupId, codec, key, signal }: { backupId: string; codec: Codec; key: BackupKey; signal: AbortSignal },
): Promise<Part> {
  const digest = createHash('sha256');
  const packed = part.codec === codec ? part.bytes : pack(part.bytes, codec, signal);
  const sealed = seal(packed, toKeyBytes(key), `${backupId}/${part.name}`);
  // Chunk by chunk: as a stream of bytes it would be put together, and copied, at each read.
  const content = Readable.from(tally(streamed(sealed), digest), { highWaterMark: 4 });
  const { sizeBytes } = await storage.put(`${backupId}/${part.name}`, content, signal);
  return { name: part.name, sizeBytes, sha256: digest.digest('hex') };
}

type StoredPart = [storage: Storage, manifest: BackupManifest, name: string, keys: readonly BackupKey[]];

/** The plain bytes of a stored part. Throws `backup-damaged` where it is not what was stored. */
export async function* openPart(part: StoredPart, signal: AbortSignal): AsyncGenerator<Buffer> {
  const [, { codec }] = part;
  yield* streamed(unpack(openPacked(part), codec, signal));
}

/** The same, packed as the manifest says. */
export async function* openPacked([storage, manifest, name, keys]: StoredPart): AsyncGenerator<Buffer> {
  const part = manifest.parts.find((candidate) => candidate.name === name);
  if (part === undefined) throw new GuestboardError('backup-damaged', `The backup has no part ${name}.`);
  const stored = await findObject(storage, `${manifest.backupId}/${name}`);
  if (stored === null) return missPart(storage, manifest, name);
  const digest = createHash('sha256');
  const counter = { bytes: 0 };
  try {
    const checked = tally(stored, digest, counter);
    yield* streamed(unseal(checked, getKey(manifest, keys), `${manifest.backupId}/${name}`));
  } finally {
    stored.destroy();
  }
  if (counter.bytes !== part.sizeBytes || digest.digest('hex') !== part.sha256)
    throw new GuestboardError('backup-damaged', 'The stored backup differs from what was written: its checksum is wrong.', {
      detail: name,
    });
}

/** A folder that is no more mounted has no manifest either: that says nothing about the backup. */
async function missPart(storage: Storage, { backupId }: BackupManifest, name: string): Promise<never> {
  const manifestKey = `${backupId}/manifest.json`;
  if (!(await storage.list(manifestKey)).some(({ key }) => key === manifestKey))
    throw new GuestboardError(
      'storage-error',
      'The backup went away while it was read: the storage holds neither its parts nor its manifest.',
    );
  throw new GuestboardError('backup-damaged', `The part ${name} of the backup is missing in the backup storage.`);
}

async function* tally(
  source: AsyncIterable<Buffer>,
  digest: ReturnType<typeof createHash>,
  counter = { bytes: 0 },
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    digest.update(chunk);
    counter.bytes += chunk.length;
    yield chunk;
  }
}

function getKey({ seal: sealed }: BackupManifest, keys: readonly BackupKey[]): Buffer {
  const key = keys.find(({ id }) => id === sealed.keyId);
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this backup is sealed with is not known here.');
  return toKeyBytes(key);
}

export function toKeyBytes({ password }: BackupKey): Buffer {
  const bytes = Buffer.from(inClear(password), 'base64');
  if (bytes.length !== 32) throw new GuestboardError('invalid-input', 'A backup key has 32 bytes.');
  return bytes;
}
