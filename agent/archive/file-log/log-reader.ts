import { type FileHandle, open as openFile } from 'node:fs/promises';
import { LogLost, type LogSink } from '../source.ts';
import { packFrame, type Written } from './frames.ts';
import { fromSortable, type LogPosition, toSortable } from './log-position.ts';
import type { EndWatch } from './watch-end.ts';

/** The files of one engine's log. */
export type LogFiles = {
  toFile(file: number): string;
  /** How the archive names one of them. Throws LogLost where it is gone. */
  nameGroup(file: number): Promise<string>;
};
export type From = { group: string; position: string };
export const goneSentence = 'The database let go what was not archived yet.';

const readBytes = 512 * 1024;

/** Turns what was seen of a log into chunks, file after file without a hole, as far as the sink takes it. */
export function createLogReader(files: LogFiles, from: From, watch: EndWatch, sink: LogSink) {
  let at = fromSortable(from.position);
  let group = from.group;
  let reached = from.position;
  let notes = Number.parseInt(from.position.slice(20), 16);
  let opened: { file: number; handle: FileHandle } | null = null;
  let isFull = false;
  let isClosed = false;
  let reading: Promise<void> = Promise.resolve();

  async function read(bytes: Buffer): Promise<number> {
    if (opened?.file !== at.file) {
      await opened?.handle.close();
      opened = null;
      opened = { file: at.file, handle: await openFile(files.toFile(at.file), 'r').catch(lost) };
    }
    return (await opened.handle.read(bytes, 0, bytes.length, at.offset)).bytesRead;
  }

  async function readAll(): Promise<void> {
    for (let mark = watch.first(); mark !== undefined && !isFull && !isClosed; mark = watch.first()) {
      const isLast = at.file === mark.end.file;
      const left = isLast ? mark.end.offset - at.offset : Number.POSITIVE_INFINITY;
      const bytes = Buffer.alloc(Math.max(0, Math.min(readBytes, left)));
      const length = bytes.length === 0 ? 0 : await read(bytes);
      if (length > 0) pushLog(bytes.subarray(0, length), mark);
      else if (isLast && left > 0) return;
      else if (isLast) watch.shift();
      // What a server that was killed did not write whole is the end of that file.
      else {
        at = { file: at.file + 1, offset: 0 };
        group = await files.nameGroup(at.file);
      }
    }
  }

  function pushLog(bytes: Buffer, written: Written): void {
    const { offset } = at;
    at = { file: at.file, offset: offset + bytes.length };
    notes = 0;
    push(packFrame({ offset, isNote: false, ...written, bytes }));
  }

  function push(bytes: Buffer): void {
    const to = toSortable(at, notes);
    isFull = !sink.push({ group, from: reached, to, bytes });
    reached = to;
  }

  const readOn = () => {
    reading = reading.then(readAll);
    return reading;
  };
  return {
    readOn,
    /** Something of the engine's that is no part of its log, and lies at this place of it. */
    note: (text: string, sinceMs: number): void => {
      notes += 1;
      push(packFrame({ offset: at.offset, isNote: true, afterMs: sinceMs, beforeMs: sinceMs, bytes: Buffer.from(text) }));
    },
    /** Where the archive is once everything up to this end is stored, notes included. */
    toReach: (end: LogPosition): string => toSortable(end, end.file === at.file && end.offset === at.offset ? notes : 0),
    resume: (): void => {
      isFull = false;
      readOn().catch((error: unknown) => sink.fail(error instanceof Error ? error : new Error(String(error))));
    },
    close: (): void => {
      isClosed = true;
      void reading.catch(() => {}).then(() => opened?.handle.close());
    },
  };
}

function lost(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new LogLost(goneSentence);
  throw error;
}
