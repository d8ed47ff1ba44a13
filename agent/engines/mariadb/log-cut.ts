import type { FileHandle } from 'node:fs/promises';
import { type LogEvent, readEvents } from './log-events.ts';
import type { Written } from './log-frames.ts';

/** From an offset on, when a file was written; in order. */
export type Stretch = Written & { offset: number };
/** Where the replay of a file ends, and whether that is the end of it all. The last transaction of each domain, by name. */
export type LogCut = { offset: number; isEnd: boolean; last: ReadonlyMap<number, string> };

/**
 * Everything written before the moment, a whole second, and nothing after: whole transactions. Where the agent saw both sides of the
 * moment at once, the server's own stamp decides, which counts from the beginning of a transaction's last statement.
 */
export async function findCut(
  handle: FileHandle,
  from: number,
  size: number,
  stretches: readonly Stretch[],
  atMs: number,
): Promise<LogCut> {
  const last = new Map<number, string>();
  let open: LogEvent | null = null;
  let whole = from;
  const settle = () => {
    if (open?.name) last.set(open.name.domain, `${open.name.domain}-${open.name.server}-${open.name.number}`);
    open = null;
  };
  for await (const event of readEvents(handle, from, size)) {
    if (event.kind === 'transaction') {
      settle();
      if (isLater(event, stretches, atMs)) return { offset: event.offset, isEnd: true, last };
      open = event;
      whole = event.offset;
      continue;
    }
    const isDone = event.kind === 'end-of-transaction' || (event.kind === 'statement' && (event.ends || open?.name?.isStatement === true));
    if (isDone || event.kind === 'other') settle();
    if (open === null) whole = event.end;
  }
  // A server that was killed may have left half a transaction, which it took back itself.
  return { offset: whole, isEnd: false, last };
}

function isLater(event: LogEvent, stretches: readonly Stretch[], atMs: number): boolean {
  const stretch = stretches.findLast(({ offset }) => offset <= event.offset);
  if (stretch !== undefined && stretch.beforeMs <= atMs) return false;
  if (stretch !== undefined && stretch.afterMs >= atMs) return true;
  return event.stampedAt * 1000 >= atMs;
}
