import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { choosePieces, type StoredPiece, toPieces } from '#contract/archived-pieces.ts';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import type { BackupKey, StoredArchive } from '#contract/guest/stored-backup.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { storePart, toKeyBytes } from '../backup/parts.ts';
import { unseal } from '../backup/sealing.ts';
import type { LogPiece } from './log-buffer.ts';

/** Pieces are small and many: packed in the agent itself, without a program for each. */
const codec = 'gzip' as const;
const gunzipAsync = promisify(gunzip);

export function toSpanFolder({ instanceId, spanId }: Pick<StoredArchive, 'instanceId' | 'spanId'>): string {
  return `archive/${instanceId}/${spanId}`;
}

/** Goes before the first piece. Answers its size. */
export async function storeLabel(storage: Storage, label: Omit<SpanLabel, 'format'>, signal: AbortSignal): Promise<number> {
  const bytes = Buffer.from(JSON.stringify({ format: 'guestboard-archive-1', ...label } satisfies SpanLabel, null, 2));
  return (await storage.put(`${toSpanFolder(label)}/${SpanLabel.fileName}`, Readable.from([bytes]), signal)).sizeBytes;
}

/** Packed, sealed under its own key's name, and whole or absent as every stored object. */
export async function storePiece(storage: Storage, key: string, piece: LogPiece, sealKey: BackupKey, signal: AbortSignal): Promise<number> {
  const at = key.lastIndexOf('/');
  async function* bytes() {
    yield* piece.bytes;
  }
  const part = { name: key.slice(at + 1), bytes: bytes(), codec: 'none' as const };
  return (await storePart(storage, part, { backupId: key.slice(0, at), codec, key: sealKey, signal })).sizeBytes;
}

type Wanted = Omit<Parameters<typeof choosePieces>[1], 'known'> & {
  archive: StoredArchive;
  isPart?(piece: StoredPiece): boolean;
  signal: AbortSignal;
};

const askAgainMs = 1000;

/** The pieces that lead from a base to the moment. Throws `backup-damaged` where they do not; a listing may lag behind, so it is asked twice. */
export async function findPieces(storage: Storage, { archive, isPart = () => true, signal, ...wanted }: Wanted): Promise<StoredPiece[]> {
  const choose = async () => {
    const pieces = toPieces(await storage.list(`${toSpanFolder(archive)}/`)).filter(isPart);
    return choosePieces(pieces, { ...wanted, known: archive.known });
  };
  return choose().catch(async (error: unknown) => {
    if (toFault(error).code !== 'backup-damaged') throw error;
    await sleep(askAgainMs, undefined, { signal });
    return choose();
  });
}

/** The log's own bytes. Throws `backup-damaged` when they are not what was stored. */
export async function readPiece(storage: Storage, { key }: StoredPiece, sealKey: BackupKey): Promise<Buffer> {
  const stored = await storage.get(key).catch((error: unknown) => {
    if (error instanceof GuestboardError && error.code === 'not-found')
      throw new GuestboardError('backup-damaged', 'A piece of the archive is missing in the storage.', { detail: key, cause: error });
    throw error;
  });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of unseal(stored, toKeyBytes(sealKey), key)) chunks.push(chunk);
  } finally {
    stored.destroy();
  }
  return gunzipAsync(Buffer.concat(chunks));
}
