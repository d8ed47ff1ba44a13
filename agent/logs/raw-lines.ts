import { read } from 'node:fs';
import { promisify } from 'node:util';
import { type OpenLogFile, sizeOf } from './log-files.ts';

/** A line as it lies in the file: where it begins, at most 64 KiB of it, and where the next one begins. */
export type RawLine = { offset: number; bytes: Uint8Array; truncated: boolean; next: number };

export const blockBytes = 64 * 1024;
export const longestLineBytes = 64 * 1024;

/** Whole lines from the line that begins at `from`, in order. Holds one block and one line, however long the line is. */
export async function* readForward(file: OpenLogFile, from: number): AsyncGenerator<RawLine> {
  const splitter = createLineSplitter(from);
  const block = Buffer.allocUnsafe(blockBytes);
  for (let at = from; ; ) {
    const count = await readAt(file, block, at, blockBytes);
    if (count === 0) return;
    at += count;
    yield* splitter.push(block.subarray(0, count));
  }
}

/** Whole lines that end at or before `to` (the beginning of a line, or the end of the file), last first. */
export async function* readBackward(file: OpenLogFile, to: number): AsyncGenerator<RawLine> {
  const block = Buffer.allocUnsafe(blockBytes);
  let lineEnd: number | null = null;
  for (let blockEnd = to; blockEnd > 0; ) {
    const blockStart = Math.max(0, blockEnd - blockBytes);
    const count = await readAt(file, block, blockStart, blockEnd - blockStart);
    if (count < blockEnd - blockStart) return;
    let search = count;
    for (;;) {
      const found = search === 0 ? -1 : block.lastIndexOf(0x0a, search - 1);
      if (found < 0) break;
      if (lineEnd !== null) yield await readLine(file, blockStart + found + 1, lineEnd, { block, blockStart, count });
      lineEnd = blockStart + found;
      search = found;
    }
    blockEnd = blockStart;
  }
  if (lineEnd !== null) yield readLine(file, 0, lineEnd, null);
}

/** The beginning of the first whole line at or after `from`; the end of the last whole line when there is none. */
export async function findLineStart(file: OpenLogFile, from: number): Promise<number> {
  if (from <= 0) return 0;
  const block = Buffer.allocUnsafe(blockBytes);
  for (let at = from - 1; ; ) {
    const count = await readAt(file, block, at, blockBytes);
    if (count === 0) return sizeOf(file);
    const found = block.subarray(0, count).indexOf(0x0a);
    if (found >= 0) return at + found + 1;
    at += count;
  }
}

/** Takes bytes as they come and gives whole lines; keeps at most one line's beginning. */
export function createLineSplitter(from: number) {
  let lineStart = from;
  let at = from;
  let held: Buffer[] = [];
  let heldBytes = 0;
  return {
    *push(chunk: Buffer): Generator<RawLine> {
      let start = 0;
      while (start < chunk.length) {
        const found = chunk.indexOf(0x0a, start);
        const end = found < 0 ? chunk.length : found;
        const wanted = Math.min(end - start, longestLineBytes - heldBytes);
        if (wanted > 0) {
          held.push(Buffer.from(chunk.subarray(start, start + wanted)));
          heldBytes += wanted;
        }
        at += end - start;
        start = end;
        if (found < 0) return;
        const length = at - lineStart;
        at += 1;
        start += 1;
        const line = { offset: lineStart, bytes: Buffer.concat(held), truncated: length > longestLineBytes, next: at };
        lineStart = at;
        held = [];
        heldBytes = 0;
        yield line;
      }
    },
    /** Where the line that has not ended yet begins. */
    lineStart: () => lineStart,
  };
}

const readFrom = promisify(read);

export async function readAt(file: OpenLogFile, into: Buffer, at: number, length: number): Promise<number> {
  const { bytesRead } = await readFrom(file.handle, into, 0, length, at);
  return bytesRead;
}

async function readLine(
  file: OpenLogFile,
  start: number,
  end: number,
  known: { block: Buffer; blockStart: number; count: number } | null,
): Promise<RawLine> {
  const length = Math.min(end - start, longestLineBytes);
  const line = { offset: start, truncated: end - start > longestLineBytes, next: end + 1 };
  if (known !== null && start >= known.blockStart && start + length <= known.blockStart + known.count) {
    return { ...line, bytes: Buffer.from(known.block.subarray(start - known.blockStart, start - known.blockStart + length)) };
  }
  const bytes = Buffer.allocUnsafe(length);
  const count = await readAt(file, bytes, start, length);
  return { ...line, bytes: bytes.subarray(0, count) };
}
