import { existsSync, statSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import { type ArchiveSource, type LogLook, LogLost, type LogSink } from '../../archive/source.ts';
import { isFarTooMuch, measureLog, need, needNothing, toKeptLimit } from './archived-log.ts';
import { type Client, connect, toEngineError } from './connections.ts';
import { askLogEnd, watchLogEnd } from './log-end.ts';
import { packFrame } from './log-frames.ts';
import { fromSortable, type LogPosition, readBegin, toGroup, toLogFile, toSortable } from './log-position.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';

const lookEveryMs = 200;
const readBytes = 512 * 1024;
const mostRoundsOverLimit = 6;
const lostSentence = 'Its storage was away until the database kept as much of its log as it may.';

type From = { group: string; position: string };

/**
 * The binary log, read from its own files as the server writes them: no copy of it lies anywhere, and the server does no work for it.
 * What is not stored stays on the volume up to a limit, which `pruneBinaryLogs` keeps as well where nobody archives.
 */
export function createArchiveSource(place: Place, now: () => number): ArchiveSource {
  return {
    open: async (from, sink) => {
      const { source, size } = await getSettings(place);
      if (source !== null) throw new GuestboardError('refused', 'A replica is not archived by itself; its source is.');
      const client = await connect(place, { statementTimeoutMs: 60_000 });
      try {
        await client.query('SET SESSION wait_timeout = 2147483');
        if (from !== null) await assertKept(place, client, from);
        const start = from ?? (await beginFile(place, client));
        await need(place, fromSortable(start.position).file);
        const stream = followLog(place, client, now, start, sink, toKeptLimit(size.volumeBytes));
        return { from: start, ...stream };
      } catch (error) {
        client.cut();
        throw error instanceof LogLost ? error : toEngineError(error);
      }
    },
    release: () => needNothing(place),
  };
}

/** A fresh file of the log, so that an archive holds whole files. */
async function beginFile(place: Place, client: Client): Promise<From> {
  await client.query('FLUSH LOCAL BINARY LOGS');
  const { file } = await askLogEnd(client);
  return { group: await nameGroup(place, file), position: toSortable({ file, offset: 0 }) };
}

async function nameGroup(place: Place, file: number): Promise<string> {
  const begunAt = await readBegin(toLogFile(place.data, file));
  if (begunAt === null) throw new LogLost('The database let go what was not archived yet.');
  return toGroup(file, begunAt);
}

async function assertKept(place: Place, client: Client, from: From): Promise<void> {
  const { file, offset } = fromSortable(from.position);
  const end = await askLogEnd(client);
  const path = toLogFile(place.data, file);
  const isAnother = () => new LogLost('The database began another log, as after a restore in place.');
  if (file > end.file) throw isAnother();
  if (!existsSync(path)) throw new LogLost(lostSentence);
  const here = await nameGroup(place, file);
  if (here !== from.group || statSync(path).size < offset) throw isAnother();
}

/** Reads on at every look, as fast as the sink takes it. */
function followLog(place: Place, client: Client, now: () => number, from: From, sink: LogSink, limitBytes: number) {
  const watch = watchLogEnd(place.data, client, now, fromSortable(from.position));
  let confirmed = fromSortable(from.position);
  let overLimit = 0;
  let isClosed = false;
  const fail = (error: unknown) => {
    if (!isClosed) sink.fail(error instanceof LogLost ? error : toEngineError(error));
  };
  const reader = createLogReader(place, from, watch, sink);
  client.onEnd(() => fail(new GuestboardError('engine-unavailable', 'MariaDB ended the connection.')));
  let timer = setTimeout(round, 0);

  async function round() {
    try {
      await watch.look();
      await reader.readOn();
    } catch (error) {
      return fail(error);
    }
    if (!isClosed) timer = setTimeout(round, lookEveryMs);
  }

  async function look(): Promise<LogLook> {
    const end = await watch.look();
    const keptBytes = measureLog(place.data, confirmed, end);
    overLimit = keptBytes > limitBytes ? overLimit + 1 : 0;
    if (overLimit >= mostRoundsOverLimit || isFarTooMuch(keptBytes, limitBytes)) {
      await needNothing(place);
      throw new LogLost(lostSentence);
    }
    return { position: toSortable(end), keptBytes, keptLimitBytes: limitBytes };
  }

  return {
    resume: () => reader.resume(),
    confirm: (position: string) => {
      const before = confirmed;
      confirmed = fromSortable(position);
      // As long as some of it gets through, more than the limit may be on its way.
      overLimit = 0;
      if (confirmed.file !== before.file) need(place, confirmed.file).catch(() => {});
    },
    look,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      reader.close();
      client.close();
    },
  };
}

/** Turns what was seen of the log into chunks, file after file without a hole. */
function createLogReader(place: Place, from: From, watch: ReturnType<typeof watchLogEnd>, sink: LogSink) {
  let at = fromSortable(from.position);
  let group = from.group;
  let reached = from.position;
  let opened: { file: number; handle: FileHandle } | null = null;
  let isFull = false;
  let isClosed = false;
  let reading: Promise<void> = Promise.resolve();

  async function read(bytes: Buffer): Promise<number> {
    if (opened?.file !== at.file) {
      await opened?.handle.close();
      opened = null;
      opened = { file: at.file, handle: await openFile(toLogFile(place.data, at.file), 'r').catch(lost) };
    }
    return (await opened.handle.read(bytes, 0, bytes.length, at.offset)).bytesRead;
  }

  async function nextFile(): Promise<void> {
    at = { file: at.file + 1, offset: 0 };
    group = await nameGroup(place, at.file);
  }

  async function readAll(): Promise<void> {
    for (let mark = watch.first(); mark !== undefined && !isFull && !isClosed; mark = watch.first()) {
      const isLast = at.file === mark.end.file;
      const left = isLast ? mark.end.offset - at.offset : Number.POSITIVE_INFINITY;
      const bytes = Buffer.alloc(Math.max(0, Math.min(readBytes, left)));
      const length = bytes.length === 0 ? 0 : await read(bytes);
      if (length > 0) push(bytes.subarray(0, length), mark);
      else if (isLast) watch.shift();
      // What a server that was killed did not write whole is the end of that file.
      else await nextFile();
    }
  }

  function push(bytes: Buffer, { afterMs, beforeMs }: { afterMs: number; beforeMs: number }): void {
    const to: LogPosition = { file: at.file, offset: at.offset + bytes.length };
    const chunk = { group, from: reached, to: toSortable(to), bytes: packFrame({ offset: at.offset, afterMs, beforeMs, bytes }) };
    at = to;
    reached = chunk.to;
    isFull = !sink.push(chunk);
  }

  const readOn = () => {
    reading = reading.then(readAll);
    return reading;
  };
  return {
    readOn,
    resume: () => {
      isFull = false;
      readOn().catch((error: unknown) => sink.fail(error instanceof Error ? error : new Error(String(error))));
    },
    close: () => {
      isClosed = true;
      void reading.catch(() => {}).then(() => opened?.handle.close());
    },
  };
}

function lost(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    throw new LogLost('The database let go what was not archived yet.');
  throw error;
}
