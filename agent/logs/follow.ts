import type { LogLine } from '#contract/resources/log.ts';
import type { LogSource } from '../engine.ts';
import { type OpenLogFile, openLogFile, parsePosition, sizeOf } from './log-files.ts';
import { toReadLine } from './parse-line.ts';
import { blockBytes, createLineSplitter, findLineStart, readAt, readBackward } from './raw-lines.ts';
import { findNextFile } from './rotation.ts';

export type Follow = {
  /** Reads what has been written since, up to one poll's share. Calls `emit` with batches in order. */
  poll(emit: (lines: LogLine[], droppedLines: number) => boolean): Promise<void>;
  close(): void;
};

/** More than this behind, a follow jumps ahead and counts what it left out. */
const farBehindBytes = 4 * 1024 * 1024;
const sharePerPollBytes = 512 * 1024;
const batch = { lines: 200, textBytes: 128 * 1024 };

/** Follows a log from its end, or from the line after a position, through rotation, truncation and deletion. */
export async function openFollow(source: LogSource, after: string | undefined): Promise<Follow> {
  let file: OpenLogFile | null = null;
  let offset = 0;
  let splitter = createLineSplitter(0);
  /** The line named by `after` has been shown already. */
  let skip: number | null = null;
  let dropped = 0;
  const place = after === undefined ? null : parsePosition(after);
  const paths = source.files();
  if (place !== null) {
    for (const path of paths) {
      const candidate = openLogFile(path);
      if (candidate !== null && candidate.id === place.fileId) take(candidate, place.offset);
      else candidate?.close();
    }
    if (file === null) take(openFirst(paths), 0);
    else skip = place.offset;
  } else {
    const newest = paths.at(-1);
    const last = newest === undefined ? null : openLogFile(newest);
    take(last, last === null ? 0 : await endOfLastLine(last));
  }

  function take(next: OpenLogFile | null, from: number) {
    file?.close();
    file = next;
    restart(from);
  }

  function restart(from: number) {
    offset = from;
    splitter = createLineSplitter(from);
  }

  async function catchUp(current: OpenLogFile, size: number) {
    const target = await findLineStart(current, size - sharePerPollBytes);
    const block = Buffer.allocUnsafe(blockBytes);
    for (let at = splitter.lineStart(); at < target; ) {
      const count = await readAt(current, block, at, Math.min(blockBytes, target - at));
      if (count === 0) break;
      dropped += countLines(block.subarray(0, count));
      at += count;
    }
    restart(target);
  }

  return {
    async poll(emit) {
      const block = Buffer.allocUnsafe(blockBytes);
      let lines: LogLine[] = [];
      let textBytes = 0;
      let rest = sharePerPollBytes;
      let next: OpenLogFile | null = null;
      while (rest > 0) {
        if (file === null) take(openFirst(source.files().slice(-1)), 0);
        if (file === null) return;
        const current: OpenLogFile = file;
        const size = sizeOf(current);
        if (size < offset) restart(0);
        if (size - offset > farBehindBytes) await catchUp(current, size);
        const count = await readAt(current, block, offset, Math.min(blockBytes, rest));
        if (count > 0) {
          offset += count;
          rest -= count;
          deliver(current, block.subarray(0, count));
          continue;
        }
        // Only a file that is still at its end after its successor appeared has been read to its end.
        if (next === null) {
          next = findNextFile(source, current);
          if (next === null) break;
        } else {
          take(next, 0);
          next = null;
        }
      }
      next?.close();
      flush();

      function deliver(from: OpenLogFile, chunk: Buffer) {
        for (const raw of splitter.push(chunk)) {
          if (skip === raw.offset) skip = null;
          else collect(toReadLine(source, from, raw).line);
        }
      }
      function collect(line: LogLine) {
        lines.push(line);
        textBytes += Buffer.byteLength(line.text) + 100;
        if (lines.length >= batch.lines || textBytes >= batch.textBytes) flush();
      }
      function flush() {
        if (lines.length === 0 && dropped === 0) return;
        // Not sent: then these lines are missing, and the next batch says so.
        dropped = emit(lines, dropped) ? 0 : dropped + lines.length;
        lines = [];
        textBytes = 0;
      }
    },
    close: () => file?.close(),
  };
}

function openFirst(paths: readonly string[]): OpenLogFile | null {
  for (const path of paths) {
    const opened = openLogFile(path);
    if (opened !== null) return opened;
  }
  return null;
}

async function endOfLastLine(file: OpenLogFile): Promise<number> {
  for await (const raw of readBackward(file, sizeOf(file))) return raw.next;
  return 0;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
