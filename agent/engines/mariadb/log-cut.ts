import { type FetchedFile, isLater } from '../../archive/file-log/fetch-log.ts';
import { type LogEvent, readEvents } from './log-events.ts';

/** Where the replay of a file ends, and whether that is the end of it all. The last transaction of each domain, by name. */
export type LogCut = { offset: number; isEnd: boolean; last: ReadonlyMap<number, string> };

/** Everything written before the moment, a whole second, and nothing after: whole transactions. A stamp is of when the last statement began. */
export async function findCut({ handle, size, stretches }: FetchedFile, from: number, atMs: number): Promise<LogCut> {
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
      if (isLater(event.offset, stretches, event.stampedAt, atMs)) return { offset: event.offset, isEnd: true, last };
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
