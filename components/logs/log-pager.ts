import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import type { LogPage } from '#contract/resources/log.ts';
import type { LogBuffer } from './log-buffer.ts';

export type LogPager = {
  /** Reads on from an edge until a line came or the log ends there; one at a time. */
  load(edge: 'before' | 'after'): Promise<void>;
  /** Reads on until the screen is full: what does not fill it cannot be scrolled, so nothing else would ask for more. */
  fill(): Promise<void>;
};

type LogPagerParts = {
  buffer: LogBuffer;
  read(place: { before: string } | { after: string }): Promise<LogPage>;
  signal: AbortSignal;
  onSearching(searching: boolean): void;
  onProblem(problem: ApiProblem): void;
};

/** More lines than any screen shows. */
const screenful = 100;

/** Lines before and after those held. A search may look through much of a log without a match: the place goes on although no line came. */
export function createLogPager({ buffer, read, signal, onSearching, onProblem }: LogPagerParts): LogPager {
  let busy = false;

  async function turn(edge: 'before' | 'after'): Promise<void> {
    for (;;) {
      const from = buffer.getView()[edge];
      if (from === null || signal.aborted) return;
      const page = await read(edge === 'before' ? { before: from } : { after: from });
      if (signal.aborted) return;
      if (edge === 'before') buffer.prepend(page);
      else buffer.extend(page);
      if (page.lines.length > 0) return;
    }
  }

  async function once(work: () => Promise<void>): Promise<void> {
    if (busy || signal.aborted) return;
    busy = true;
    onSearching(true);
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) onProblem(toApiProblem(error));
    } finally {
      busy = false;
      if (!signal.aborted) onSearching(false);
    }
  }

  return {
    load: (edge) => once(() => turn(edge)),
    fill: () =>
      once(async () => {
        for (const edge of ['after', 'before'] as const) {
          while (!signal.aborted && buffer.getView()[edge] !== null && buffer.getView().lines.length < screenful) await turn(edge);
        }
      }),
  };
}
