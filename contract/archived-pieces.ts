import * as z from 'zod';
import { GuestboardError } from './errors.ts';
import { writeMoment } from './moment-text.ts';
import { formatBytes } from './size-text.ts';

/**
 * A stored piece of an archive, all of it told by its key: where it lies in the log, and when it was cut. `reachMs`: everything committed
 * before that lies in it or before it; null where an older agent stored it, which did not say.
 */
export type StoredPiece = {
  key: string;
  group: string;
  from: string;
  to: string;
  reachMs: number | null;
  atMs: number;
  sizeBytes: number;
};

/**
 * Moments between the two cannot be restored: what was stored of them is gone. Before the one, all is there; a backup that begins after the
 * other can be replayed from again. Null for the one where nobody knows how far the pieces before it reach, for the other where none can yet.
 */
export const ArchiveLoss = z.object({ fromMs: z.number().nullable(), toMs: z.number().nullable() });
export type ArchiveLoss = z.infer<typeof ArchiveLoss>;

/** How far a span was reported to be stored: a position, and the bytes that should lie there. */
export type KnownReach = { position: string; bytes: number };

/** From where to where a span was reported to be stored; null where nobody said. */
export type StoredReach = { storedFrom: string | null; storedTo: string | null };

type Wanted = {
  /** Where replaying begins, and where it may end at the earliest. */
  from: string;
  baseEnd: string;
  atMs: number;
  /** Null where nobody knows, as of a span of older agents: nothing is missed then. */
  known: KnownReach | null;
};

type Named = Pick<StoredPiece, 'group' | 'from' | 'to' | 'atMs'> & { reachMs: number };

export function toPieceKey(folder: string, { group, from, to, reachMs, atMs }: Named): string {
  return `${folder}/${group}/${from}-${to}-${reachMs}-${atMs}`;
}

/** Of what a listing shows, the pieces in the order of the log. */
export function toPieces(objects: readonly { key: string; sizeBytes: number }[]): StoredPiece[] {
  const pieces = objects.flatMap(({ key, sizeBytes }) => {
    const [, group, from, to, reachMs, atMs] = /\/([^/]+)\/([^/-]+)-([^/-]+)(?:-(\d+))?-(\d+)$/.exec(key) ?? [];
    if (!group || !from || !to || !atMs) return [];
    return [{ key, group, from, to, reachMs: reachMs === undefined ? null : Number(reachMs), atMs: Number(atMs), sizeBytes }];
  });
  return pieces.sort((one, other) => (one.from === other.from ? (one.to < other.to ? 1 : -1) : one.from < other.from ? -1 : 1));
}

/**
 * The pieces that lead on from a position, without a hole, up to the moment and one further: something later in the log is how an engine
 * sees that it has passed it. Where none says that it reaches the moment, all of them, as far as is known to be stored. Throws
 * `backup-damaged` where what was stored is not there.
 */
export function choosePieces(pieces: readonly StoredPiece[], wanted: Wanted): StoredPiece[] {
  const { from, baseEnd, atMs, known } = wanted;
  const { leading, hole } = follow(pieces, from);
  const whole = hole === null ? leading : leading.slice(0, hole.after);
  const reaching = findReaching(leading, atMs, baseEnd);
  if (reaching !== -1 && reaching < whole.length) return whole.slice(0, reaching + 2);
  const reached = whole.at(-1)?.to ?? from;
  const missing = hole?.to ?? (known !== null && reached < known.position ? known.position : null);
  if (missing !== null) throw describeLoss(whole.at(-1), pieces, known, `Nothing from ${reached} to ${missing}.`);
  if (whole.length === 0 || reached < baseEnd)
    throw new GuestboardError('backup-damaged', 'The archive does not reach the end of the base backup.');
  return whole;
}

/** Those that add to the ones before them, and how many there are before the first hole. */
function follow(pieces: readonly StoredPiece[], from: string) {
  const leading: StoredPiece[] = [];
  let hole: { after: number; to: string } | null = null;
  let reached = from;
  for (const piece of pieces) {
    if (piece.to <= reached) continue;
    if (piece.from > reached) hole ??= { after: leading.length, to: piece.from };
    leading.push(piece);
    reached = piece.to;
  }
  return { leading, hole };
}

/**
 * The first piece from which on all reach the moment: where the guest's clock was set back, later ones may reach less far than those before,
 * and what was committed before the moment may lie in them. -1 where none does.
 */
export function findReaching(pieces: readonly StoredPiece[], atMs: number, baseEnd = ''): number {
  const short = pieces.findLastIndex(({ reachMs }) => reachMs !== null && reachMs < atMs);
  return pieces.findIndex(({ reachMs, to }, index) => index > short && reachMs !== null && to >= baseEnd);
}

/**
 * What is missing before, between and behind the pieces of a span, of which some were reported stored from one position up to another. A
 * replay begins with a whole file of the log: only the file after the one that has a hole is good again.
 */
export function findLosses(pieces: readonly StoredPiece[], stored: StoredReach): ArchiveLoss[] {
  const losses: ArchiveLoss[] = [];
  const { storedFrom, storedTo } = stored;
  let last: StoredPiece | undefined;
  for (const piece of pieces) {
    if (last !== undefined && piece.to <= last.to) continue;
    const reached = last?.to ?? storedFrom;
    if (reached !== null && piece.from > reached) {
      const whole = pieces.find(({ group }) => group > piece.group);
      losses.push({ fromMs: last?.reachMs ?? null, toMs: whole?.atMs ?? null });
    }
    last = piece;
  }
  if (storedTo !== null && (last?.to ?? '') < storedTo) losses.push({ fromMs: last?.reachMs ?? null, toMs: null });
  return losses;
}

function describeLoss(last: StoredPiece | undefined, pieces: readonly StoredPiece[], known: KnownReach | null, detail: string) {
  const bytes = (known?.bytes ?? 0) - pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lost = bytes > 0 ? `${formatBytes(bytes)} that were stored are` : 'pieces that were stored are';
  const endMs = last?.reachMs ?? null;
  const end = endMs === null ? 'The archive ends' : `The archive ends at ${writeMoment(endMs)},`;
  const next = endMs === null ? 'Restore a backup' : 'Choose a moment before that, or restore a backup';
  return new GuestboardError('backup-damaged', `${end} before the moment asked for: ${lost} no longer in the storage. ${next}.`, {
    detail,
  });
}
