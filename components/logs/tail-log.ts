import type { Live, LogFollow } from '#client/live.ts';
import type { ApiProblem } from '#client/problem.ts';
import { readLog } from '#client/queries/logs.ts';
import type { LogLine } from '#contract/resources/log.ts';
import type { LogBuffer } from './log-buffer.ts';
import { type LogFilter, matchesFilter, toLogQuery } from './log-filter.ts';

export type Tail = {
  instanceId: string;
  name: string;
  filter: LogFilter;
  /** The position up to which the buffer already holds everything; lines after it come by follow. */
  after: string | undefined;
  nowMs: number;
};

const pageLimit = 1000;

/** Feeds a buffer with lines as they are written. Where the agent had to drop some, they are read from the file before what follows. */
export function tailLog(live: Live, tail: Tail, buffer: LogBuffer, onProblem: (problem: ApiProblem | null) => void): () => void {
  const { instanceId, name, filter } = tail;
  const stopped = new AbortController();
  let last = tail.after;
  let waiting: LogLine[] | null = null;

  const take = (lines: readonly LogLine[]) => {
    last = lines.at(-1)?.position ?? last;
    if (last !== undefined) follow.after = last;
    const shown = lines.filter((line) => matchesFilter(line, filter));
    if (shown.length > 0) buffer.append(shown);
  };

  async function fillGap(from: string | undefined): Promise<void> {
    let after = from;
    const query = toLogQuery(filter, tail.nowMs);
    while (after !== undefined && !stopped.signal.aborted) {
      const page = await readLog(instanceId, name, { ...query, after, limit: pageLimit }, stopped.signal);
      buffer.append(page.lines);
      after = page.after ?? undefined;
      if (page.lines.length === 0) break;
    }
  }

  // Read again at every renewal and reconnect, so that a new follow goes on where the last one ended.
  const follow: LogFollow = { instanceId, name, ...(last === undefined ? {} : { after: last }) };
  const stop = live.followLog(
    follow,
    ({ lines, droppedLines }) => {
      onProblem(null);
      if (waiting !== null) {
        waiting.push(...lines);
        return;
      }
      if (droppedLines === 0) return take(lines);
      waiting = [...lines];
      void fillGap(last)
        .catch((problem: ApiProblem) => stopped.signal.aborted || onProblem(problem))
        .finally(() => {
          const held = waiting ?? [];
          waiting = null;
          if (!stopped.signal.aborted) take(held);
        });
    },
    onProblem,
  );
  return () => {
    stopped.abort();
    stop();
  };
}
