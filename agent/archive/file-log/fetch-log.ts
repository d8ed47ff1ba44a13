import { type FileHandle, open } from 'node:fs/promises';
import type { StoredPiece } from '#contract/archived-pieces.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { readManifest } from '../../backup/manifest.ts';
import { findPieces, readPiece } from '../pieces.ts';
import { unpackFrames, type Written } from './frames.ts';
import { type LogPosition, readGroup, toSortable } from './log-position.ts';

export type Point = Extract<CommandInput<'lifecycle.initialise'>['data'], { kind: 'point-in-time' }>;
/** From an offset on, when a file was written; in order. */
export type Stretch = Written & { offset: number };
/** One file of the log as it was archived, and what was put down beside it. */
export type FetchedFile = {
  handle: FileHandle;
  file: number;
  size: number;
  stretches: readonly Stretch[];
  notes: readonly { text: string; sinceMs: number }[];
};

type Options = {
  identity: GuestIdentity;
  point: Point;
  /** Where in the log the base ends, as its manifest says; null where it does not. */
  readBase(base: BackupManifest): LogPosition | null;
  /** Where a file of the log is laid. */
  toFile(file: number): string;
  /** What becomes of it; true when the moment lies in it, and nothing after it is needed. */
  take(fetched: FetchedFile, base: LogPosition): Promise<boolean>;
  context: CommandContext;
};

/** Lays down the archived log from the file on in which the base ends, whole files one after another, until the moment is reached. */
export async function fetchLog({ identity, point, readBase, toFile, take, context }: Options): Promise<void> {
  const manifest = await readManifest(await openStorage(point.storage, identity.backupFolder), point.backupId, point);
  if (manifest === null) throw new GuestboardError('not-found', 'The base backup is not complete in the backup storage.');
  const base = readBase(manifest);
  if (base === null)
    throw new GuestboardError('refused', 'The base backup does not say where in the log it ends. Choose a moment after a newer backup.');
  const storage = await openStorage(point.archive.storage, identity.backupFolder);
  const key = point.archive.keys[0];
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this archive is sealed with is not known here.');
  const { archive, atMs } = point;
  const from = toSortable({ file: base.file, offset: 0 });
  const chosen = await findPieces(storage, { archive, from, baseEnd: toSortable(base), atMs, signal: context.signal });
  const total = chosen.reduce((sum, piece) => sum + piece.sizeBytes, 0);
  let done = 0;
  const read = async (piece: StoredPiece) => {
    context.signal.throwIfAborted();
    const bytes = await readPiece(storage, piece, key);
    done += piece.sizeBytes;
    context.progress({ done, total, unit: 'bytes', detail: 'Fetching the archive' });
    return bytes;
  };
  // The first chosen may lie in the file before.
  const groups = [...new Set(chosen.map(({ group }) => group))].filter((group) => readGroup(group).file >= base.file);
  for (const group of groups) {
    const { file } = readGroup(group);
    const handle = await open(toFile(file), 'wx+', 0o600);
    try {
      const pieces = chosen.filter((piece) => piece.group === group);
      if (await take({ handle, file, ...(await layDown(handle, pieces, read)) }, base)) return;
    } finally {
      await handle.close();
    }
  }
}

async function layDown(handle: FileHandle, pieces: readonly StoredPiece[], read: (piece: StoredPiece) => Promise<Buffer>) {
  let size = 0;
  const stretches: Stretch[] = [];
  const notes: { text: string; sinceMs: number }[] = [];
  for (const piece of pieces)
    for (const { offset, isNote, bytes, ...written } of unpackFrames(await read(piece))) {
      if (isNote) {
        notes.push({ text: bytes.toString('utf8'), sinceMs: written.beforeMs });
        continue;
      }
      if (offset > size) throw new GuestboardError('backup-damaged', 'The archive has a hole.', { detail: piece.key });
      await handle.write(bytes, 0, bytes.length, offset);
      size = Math.max(size, offset + bytes.length);
      stretches.push({ offset, ...written });
    }
  return { size, stretches, notes };
}

const secondMs = 1000;

/** The whole second that a moment counts as where a log tells seconds apart. */
export function toSecond(atMs: number): number {
  return Math.floor(atMs / secondMs) * secondMs;
}

/**
 * Whether something at this offset was written after the moment. Where the agent saw both sides of the moment at once, what the log says
 * itself decides: the second it was written in.
 */
export function isLater(offset: number, stretches: readonly Stretch[], stampedAt: number, atMs: number): boolean {
  const stretch = findStretch(stretches, offset);
  if (stretch !== undefined && stretch.beforeMs <= atMs) return false;
  if (stretch !== undefined && stretch.afterMs >= atMs) return true;
  return stampedAt * secondMs >= atMs;
}

function findStretch(stretches: readonly Stretch[], offset: number): Stretch | undefined {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return stretches[low - 1];
}
