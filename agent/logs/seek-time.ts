import type { LogSource } from '../engine.ts';
import { type OpenLogFile, sizeOf } from './log-files.ts';
import { toReadLine } from './parse-line.ts';
import { blockBytes, findLineStart, readForward } from './raw-lines.ts';

/** Where the first line of that time or later begins; the file's size when there is none. A few dozen reads, however large the file. */
export async function seekTime(source: LogSource, file: OpenLogFile, atMs: number): Promise<number> {
  let low = 0;
  let high = sizeOf(file);
  while (high - low > blockBytes) {
    const middle = low + Math.floor((high - low) / 2);
    const start = await findLineStart(file, middle);
    const timed = start < high ? await findTimed(source, file, start) : null;
    if (timed !== null && timed.atMs < atMs) low = timed.next;
    else high = middle;
  }
  for await (const raw of readForward(file, low)) {
    const line = toReadLine(source, file, raw);
    if (line.atMs !== null && line.atMs >= atMs) return raw.offset;
  }
  return sizeOf(file);
}

/** The first line from here that tells its time; gives up after a while in text that never does. */
async function findTimed(source: LogSource, file: OpenLogFile, from: number) {
  let looked = 0;
  for await (const raw of readForward(file, from)) {
    const { atMs } = toReadLine(source, file, raw);
    if (atMs !== null) return { atMs, next: raw.next };
    looked += 1;
    if (looked >= 1000) break;
  }
  return null;
}
