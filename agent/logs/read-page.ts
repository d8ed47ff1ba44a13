import type { CommandInput } from '#contract/guest/commands.ts';
import type { LogLine, LogPage } from '#contract/resources/log.ts';
import type { LogSource } from '../engine.ts';
import { type OpenLogFile, parsePosition, sizeOf, toPosition } from './log-files.ts';
import { type ReadLine, toReadLine } from './parse-line.ts';
import { readBackward, readForward } from './raw-lines.ts';
import { seekTime } from './seek-time.ts';

export type LogQuery = CommandInput<'logs.read'>;

/** How much one page may cost; what is left out is reached by asking on from the page's `before` or `after`. */
export type PageBudget = { textBytes: number; milliseconds: number };
export const pageBudget: PageBudget = { textBytes: 256 * 1024, milliseconds: 1500 };

type Found = { lines: LogLine[] /** The last line looked at, when there is more beyond it. */; more: string | null };
type Place = { index: number; offset: number };

/** One page of a log. Memory stays the same however large the files and long the lines are. Both `before` and `after`: the page around a line. */
export async function readPage(source: LogSource, files: OpenLogFile[], query: LogQuery, budget = pageBudget): Promise<LogPage> {
  const scan = createScan(source, files, query, budget);
  const before = toPlace(files, query.before);
  const after = toPlace(files, query.after);
  if (before !== null && after !== null) {
    const older = await scan.backward(before, Math.floor(query.limit / 2));
    const newer = await scan.forward(after, query.limit - older.lines.length, true);
    return { lines: [...older.lines, ...newer.lines], before: older.more, after: newer.more };
  }
  if (after !== null) {
    const newer = await scan.forward(after, query.limit, false);
    return { lines: newer.lines, before: newer.lines[0]?.position ?? query.after ?? null, after: newer.more };
  }
  const newest = { index: files.length - 1, offset: Number.POSITIVE_INFINITY };
  const older = await scan.backward(before ?? newest, query.limit);
  return { lines: older.lines, before: older.more, after: before === null ? null : (older.lines.at(-1)?.position ?? query.before ?? null) };
}

/** A place whose file is gone is before everything that is left. */
function toPlace(files: OpenLogFile[], position: string | undefined): Place | null {
  const place = position === undefined ? null : parsePosition(position);
  if (place === null) return null;
  const index = files.findIndex(({ id }) => id === place.fileId);
  return index < 0 ? { index: 0, offset: 0 } : { index, offset: place.offset };
}

function createScan(source: LogSource, files: OpenLogFile[], query: LogQuery, budget: PageBudget) {
  const matches = createFilter(query);
  const { fromMs, toMs } = query;

  async function backward(start: Place, limit: number): Promise<Found> {
    const page = createPage(limit, budget);
    for (let index = start.index; index >= 0; index--) {
      const file = files[index];
      if (file === undefined) continue;
      const size = sizeOf(file);
      const end = Math.min(
        size,
        index === start.index ? start.offset : size,
        toMs === undefined ? size : await seekTime(source, file, toMs + 1),
      );
      for await (const raw of readBackward(file, end)) {
        const line = toReadLine(source, file, raw);
        if (fromMs !== undefined && line.atMs !== null && line.atMs < fromMs - disorderMs) return page.found(null, 'reversed');
        const full = page.take(line, matches(line));
        if (full) return page.found(raw.offset > 0 || index > 0 ? toPosition(file.id, raw.offset) : null, 'reversed');
      }
    }
    return page.found(null, 'reversed');
  }

  async function forward(start: Place, limit: number, including: boolean): Promise<Found> {
    const page = createPage(limit, budget);
    for (let index = start.index; index < files.length; index++) {
      const file = files[index];
      if (file === undefined) continue;
      const from = Math.max(index === start.index ? start.offset : 0, fromMs === undefined ? 0 : await seekTime(source, file, fromMs));
      for await (const raw of readForward(file, from)) {
        if (!including && index === start.index && raw.offset === start.offset) continue;
        const line = toReadLine(source, file, raw);
        if (toMs !== undefined && line.atMs !== null && line.atMs > toMs + disorderMs) return page.found(null, 'in order');
        const full = page.take(line, matches(line));
        const atEnd = index === files.length - 1 && raw.next >= sizeOf(file);
        if (full) return page.found(atEnd ? null : toPosition(file.id, raw.offset), 'in order');
      }
    }
    return page.found(null, 'in order');
  }

  return { backward, forward };
}

/** Lines of several processes may be written a little out of order. */
const disorderMs = 5000;

function createPage(limit: number, budget: PageBudget) {
  const lines: LogLine[] = [];
  const endsAt = performance.now() + budget.milliseconds;
  let textBytes = 0;
  return {
    /** True when the page may hold or cost no more. */
    take(line: ReadLine, wanted: boolean): boolean {
      if (wanted) {
        lines.push(line.line);
        textBytes += Buffer.byteLength(line.line.text) + 100;
      }
      return lines.length >= limit || textBytes >= budget.textBytes || performance.now() >= endsAt;
    },
    found: (more: string | null, order: 'in order' | 'reversed'): Found => ({
      lines: order === 'reversed' ? lines.reverse() : lines,
      more,
    }),
  };
}

function createFilter({ text, levels, fromMs, toMs }: LogQuery) {
  const needle = text?.toLowerCase();
  return ({ line, atMs }: ReadLine) =>
    (levels === undefined || levels.includes(line.level)) &&
    (atMs === null || ((fromMs === undefined || atMs >= fromMs) && (toMs === undefined || atMs <= toMs))) &&
    (needle === undefined || needle === '' || line.text.toLowerCase().includes(needle));
}
