import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupKey, StoredArchive } from '#contract/guest/commands.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { storePart, toKeyBytes } from '../backup/parts.ts';
import { unseal } from '../backup/sealing.ts';
import type { LogPiece } from './log-buffer.ts';

/** A stored piece, all of it told by its key: where it lies in the log, and when it was cut. */
export type StoredPiece = { key: string; group: string; from: string; to: string; atMs: number; sizeBytes: number };

/** Pieces are small and many: packed in the agent itself, without a program for each. */
const codec = 'gzip' as const;
const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export function toSpanFolder({ instanceId, spanId }: Pick<StoredArchive, 'instanceId' | 'spanId'>): string {
  return `archive/${instanceId}/${spanId}`;
}

export function toPieceKey(folder: string, { group, from, to, atMs }: LogPiece): string {
  return `${folder}/${group}/${from}-${to}-${atMs}`;
}

/** Packed, sealed under its own key's name, and whole or absent as every stored object. */
export async function storePiece(storage: Storage, key: string, piece: LogPiece, sealKey: BackupKey, signal: AbortSignal): Promise<number> {
  const at = key.lastIndexOf('/');
  const packed = await gzipAsync(piece.bytes, { level: 1 });
  async function* bytes() {
    yield packed;
  }
  const part = { name: key.slice(at + 1), bytes: bytes(), codec };
  return (await storePart(storage, part, { backupId: key.slice(0, at), codec, key: sealKey, signal })).sizeBytes;
}

/** In the order of the log. */
export async function listPieces(storage: Storage, folder: string): Promise<StoredPiece[]> {
  const pieces = (await storage.list(`${folder}/`)).flatMap(({ key, sizeBytes }) => {
    const [, group, from, to, atMs] = /\/([^/]+)\/([^/-]+)-([^/-]+)-(\d+)$/.exec(key) ?? [];
    return group && from && to && atMs ? [{ key, group, from, to, atMs: Number(atMs), sizeBytes }] : [];
  });
  return pieces.sort((one, other) => (one.from === other.from ? (one.to < other.to ? 1 : -1) : one.from < other.from ? -1 : 1));
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

/**
 * The pieces that lead on from a position, all of them: when one was cut says when its log was written at the latest, not at the earliest.
 * After an outage of the storage everything is cut at its end. Throws `backup-damaged` where one is missing in between.
 */
export function choosePieces(pieces: readonly StoredPiece[], from: string): StoredPiece[] {
  const chosen: StoredPiece[] = [];
  let reached = from;
  for (const piece of pieces) {
    if (piece.to <= reached) continue;
    if (piece.from > reached)
      throw new GuestboardError('backup-damaged', 'A piece of the archive is missing in the storage.', {
        detail: `Nothing from ${reached} to ${piece.from}.`,
      });
    chosen.push(piece);
    reached = piece.to;
  }
  return chosen;
}
