import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { choosePieces, listPieces, readPiece, type StoredPiece, toSpanFolder } from '../../archive/pieces.ts';
import { readManifest } from '../../backup/manifest.ts';
import type { EngineHost } from '../../engine.ts';
import { findCut, type LogCut, type Stretch } from './log-cut.ts';
import { magicBytes } from './log-events.ts';
import { unpackFrames } from './log-frames.ts';
import { type LogPosition, readFileNumber, toSortable } from './log-position.ts';
import type { Place } from './place.ts';
import { type FetchedLog, replayLog } from './replay.ts';

type Point = Extract<CommandInput<'lifecycle.initialise'>['data'], { kind: 'point-in-time' }>;

const secondMs = 1000;

/** Brings a restored copy from where it ends to the moment, by the archived log. Whatever fails leaves no folder. */
export async function recoverTo(place: Place, host: EngineHost, point: Point, folder: string, context: CommandContext): Promise<void> {
  try {
    await rm(place.replaying, { recursive: true, force: true });
    await mkdir(place.replaying, { recursive: true, mode: 0o700 });
    const log = await fetchLog(place, host.identity, point, context);
    // Nothing was committed between the copy and the moment.
    if (log.last.size === 0) return;
    const { disabledEvents } = await replayLog(place, folder, log, context);
    if (disabledEvents > 0) tellOfEvents(host, disabledEvents);
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    context.signal.throwIfAborted();
    throw error;
  } finally {
    await rm(place.replaying, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What is applied as a replica applies it leaves every event disabled, and which of them ran at the moment nobody knows any more. */
function tellOfEvents(host: EngineHost, count: number): void {
  host.event({
    code: 'events-disabled',
    tone: 'attention',
    sentence: `Scheduled events came with the log disabled: ${count}. Enable those that should run with ALTER EVENT … ENABLE.`,
  });
}

/** Everything the replay needs lies here and is checked before a server starts. */
async function fetchLog(place: Place, identity: EngineHost['identity'], point: Point, context: CommandContext): Promise<FetchedLog> {
  const base = await readManifest(await openStorage(point.storage, identity.backupFolder), point.backupId);
  if (base === null) throw new GuestboardError('not-found', 'The base backup is not complete in the backup storage.');
  const from = readBasePosition(base.coordinates.binaryLog ?? '');
  const storage = await openStorage(point.archive.storage, identity.backupFolder);
  const key = point.archive.keys[0];
  if (key === undefined) throw new GuestboardError('backup-damaged', 'The key this archive is sealed with is not known here.');
  const pieces = await listPieces(storage, toSpanFolder(point.archive));
  const chosen = choosePieces(pieces, toSortable({ file: from.file, offset: 0 }));
  const last = chosen.at(-1);
  if (last === undefined || last.to < toSortable(from))
    throw new GuestboardError('backup-damaged', 'The archive does not reach the end of the base backup.');
  const total = chosen.reduce((sum, piece) => sum + piece.sizeBytes, 0);
  let done = 0;
  const read = async (piece: StoredPiece) => {
    context.signal.throwIfAborted();
    const bytes = await readPiece(storage, piece, key);
    done += piece.sizeBytes;
    context.progress({ done, total, unit: 'bytes', detail: 'Fetching the archive' });
    return bytes;
  };
  // A piece tells itself apart from others by its file; the first may still begin in the file before.
  const groups = [...new Set(chosen.map(({ group }) => group))].filter((group) => readFileNumber(group) >= from.file);
  const atMs = Math.floor(point.atMs / secondMs) * secondMs;
  const log: FetchedLog & { last: Map<number, string> } = { files: [], from: from.offset, last: new Map() };
  for (const group of groups) {
    const file = path.join(place.replaying, `relay.${String(log.files.length + 1).padStart(6, '0')}`);
    const start = readFileNumber(group) === from.file ? from.offset : magicBytes;
    const cut = await writeLogFile(
      file,
      chosen.filter((piece) => piece.group === group),
      read,
      start,
      atMs,
    );
    log.files.push({ file, sizeBytes: cut.offset });
    for (const [domain, name] of cut.last) log.last.set(domain, name);
    if (cut.isEnd) break;
  }
  return log;
}

/** As the copying program noted it: `filename 'binlog.000002', position '790', GTID …`. */
function readBasePosition(text: string): LogPosition {
  const [, file, offset] = /filename 'binlog\.(\d+)', position '(\d+)'/.exec(text) ?? [];
  if (file === undefined || offset === undefined)
    throw new GuestboardError('refused', 'The base backup does not say where in the log it ends. Choose a moment after a newer backup.');
  return { file: Number(file), offset: Number(offset) };
}

async function writeLogFile(
  file: string,
  pieces: readonly StoredPiece[],
  read: (piece: StoredPiece) => Promise<Buffer>,
  from: number,
  atMs: number,
): Promise<LogCut> {
  const handle = await open(file, 'wx+', 0o600);
  try {
    let size = 0;
    const stretches: Stretch[] = [];
    for (const piece of pieces)
      for (const { offset, bytes, ...written } of unpackFrames(await read(piece))) {
        if (offset > size) throw new GuestboardError('backup-damaged', 'The archive has a hole.', { detail: piece.key });
        await handle.write(bytes, 0, bytes.length, offset);
        size = Math.max(size, offset + bytes.length);
        stretches.push({ offset, ...written });
      }
    const cut = await findCut(handle, from, size, stretches, atMs);
    await handle.truncate(cut.offset);
    return cut;
  } finally {
    await handle.close();
  }
}
