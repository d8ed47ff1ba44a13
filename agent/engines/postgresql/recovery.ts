import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { findReaching, type StoredPiece } from '#contract/archived-pieces.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { findPieces, readPiece } from '../../archive/pieces.ts';
import { readManifest } from '../../backup/manifest.ts';
import type { Server } from '../../engine-server.ts';
import { syncFolder, writeFile } from '../../write-file.ts';
import { withClient } from './connections.ts';
import { findCutOffDrop, reopenWhole } from './cut-off-drops.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';
import { formatPosition, fromSortable, parsePosition, readTimeline, segmentBytes, toSortable } from './wal-position.ts';

type Point = Extract<CommandInput<'lifecycle.initialise'>['data'], { kind: 'point-in-time' }>;
type Recovery = NonNullable<Settings['recovery']>;

/**
 * Lays the archive beside the base backup, whole files in pg_wal, up to a little after the moment: everything that recovery needs is
 * there and checked before the server starts.
 */
export async function fetchArchive(identity: GuestIdentity, point: Point, folder: string, context: CommandContext): Promise<Recovery> {
  try {
    return await fetchInto(identity, point, folder, context);
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

async function fetchInto(identity: GuestIdentity, point: Point, folder: string, context: CommandContext): Promise<Recovery> {
  const base = await readManifest(await openStorage(point.storage, identity.backupFolder), point.backupId, point);
  if (base === null) throw new GuestboardError('not-found', 'The base backup is not complete in the backup storage.');
  const storage = await openStorage(point.archive.storage, identity.backupFolder);
  const start = parsePosition(base.startPosition);
  const chosen = await findPieces(storage, {
    archive: point.archive,
    isPart: ({ group }) => readTimeline(group) === base.timeline,
    from: toSortable(start - (start % segmentBytes)),
    baseEnd: toSortable(parsePosition(base.endPosition)),
    atMs: point.atMs,
    signal: context.signal,
  });
  const key = point.archive.keys[0];
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this archive is sealed with is not known here.');
  const total = chosen.reduce((sum, piece) => sum + piece.sizeBytes, 0);
  let done = 0;
  for (const files of groupPieces(chosen)) {
    await writeSegment(path.join(folder, 'pg_wal', files.group), files.pieces, async (piece) => {
      context.signal.throwIfAborted();
      const bytes = await readPiece(storage, piece, key);
      done += piece.sizeBytes;
      context.progress({ done, total, unit: 'bytes', detail: 'Fetching the archive' });
      return bytes;
    });
  }
  await syncFolder(path.join(folder, 'pg_wal'));
  await writeFile(path.join(folder, 'recovery.signal'), '');
  const { atMs } = point;
  const reaching = chosen.at(findReaching(chosen, atMs));
  const drop = await findCutOffDrop({
    ...{ folder: path.join(folder, 'pg_wal'), timeline: base.timeline ?? 0, atMs, signal: context.signal },
    ...{ from: start, baseEnd: parsePosition(base.endPosition) },
  });
  return { atMs, reach: reaching?.to ?? '', isWhole: false, before: drop === null ? null : formatPosition(drop) };
}

function groupPieces(pieces: readonly StoredPiece[]): { group: string; pieces: StoredPiece[] }[] {
  const groups = new Map<string, StoredPiece[]>();
  for (const piece of pieces) groups.set(piece.group, [...(groups.get(piece.group) ?? []), piece]);
  return [...groups].map(([group, ofGroup]) => ({ group, pieces: ofGroup }));
}

/** A file of the log has its full length from the beginning; what is not there yet is zeros. */
async function writeSegment(file: string, pieces: readonly StoredPiece[], read: (piece: StoredPiece) => Promise<Buffer>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.truncate(Number(segmentBytes));
    for (const piece of pieces) {
      const bytes = await read(piece);
      const from = fromSortable(piece.from);
      if (BigInt(bytes.length) !== fromSortable(piece.to) - from)
        throw new GuestboardError('backup-damaged', 'A piece of the archive is not as long as it should be.', { detail: piece.key });
      await handle.write(bytes, 0, bytes.length, Number(from % segmentBytes));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replays up to the moment, opens on a timeline of its own, and stops again. The server itself fails when it meets the end of the log
 * before a commit later than the moment; where everything up to the moment is in that log, its end is what was asked for.
 */
export async function recover(place: Place, server: Server, { signal, progress }: CommandContext): Promise<void> {
  const { recovery } = await getSettings(place);
  if (recovery === null) return;
  progress({ done: 0, total: null, unit: 'percent', detail: 'Replaying the archive' });
  try {
    await server.start(signal);
  } catch (error) {
    if (recovery.isWhole || !saysEndedBefore(error)) throw error;
    const whole = { ...recovery, isWhole: true };
    await renderConfiguration(place, await changeSettings(place, { recovery: whole }));
    return recover(place, server, { signal, progress });
  }
  const wrong = await findMiss(place, recovery, signal);
  if (wrong === null) await reopenWhole(place, signal);
  await server.stop();
  if (wrong !== null) {
    // Started again, it would take what is there for what was asked for.
    await rm(place.data, { recursive: true, force: true, maxRetries: 5 });
    throw new GuestboardError('engine-error', `The recovery did not end where it should: ${wrong}`);
  }
  await renderConfiguration(place, await changeSettings(place, { recovery: null }));
}

function saysEndedBefore(error: unknown): boolean {
  return error instanceof GuestboardError && /recovery ended before configured recovery target was reached/.test(error.detail ?? '');
}

const tornBytes = 1024n * 1024n;

/** In what way what is there is not what was asked for; null when it is. */
async function findMiss(place: Place, { atMs, reach, isWhole }: Recovery, signal: AbortSignal): Promise<string | null> {
  const { rows } = await withClient(place, { signal }, (client) =>
    client.query<{ recovering: boolean; position: string | null; lastMs: number | null }>(
      `SELECT pg_is_in_recovery() AS recovering, pg_last_wal_replay_lsn()::text AS position,
         (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::float8 AS "lastMs"`,
    ),
  );
  const [end] = rows;
  if (end === undefined || end.recovering) return 'it has not ended.';
  // Asked again after it was done, by an agent that took over, there is nothing left to compare.
  if (end.position === null) return null;
  if (end.lastMs !== null && Math.floor(end.lastMs) > atMs) return 'something later than the moment was replayed.';
  if (isWhole && parsePosition(end.position) + tornBytes < fromSortable(reach)) return 'the end of the archive was not reached.';
  return null;
}
