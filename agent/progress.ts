import type { CommandContext } from '#contract/guest/commands.ts';
import type { ReportBody } from '#contract/guest/reports.ts';

type ProgressOptions = { commandId: string; signal: AbortSignal; report(body: ReportBody): boolean; clock?: () => number };

const leastMs = 250;

/** At most four reports a second and always the last one; the rate is of the last few seconds, since transfers speed up and slow down. */
export function createProgress({
  commandId,
  signal,
  report,
  clock = () => performance.now(),
}: ProgressOptions): CommandContext['progress'] {
  let toldAt = Number.NEGATIVE_INFINITY;
  let wasFinished = false;
  let seen: { atMs: number; done: number }[] = [];
  return ({ done, total, unit, detail }) => {
    signal.throwIfAborted();
    const atMs = clock();
    const finished = total !== null && done >= total;
    // An estimated total may be passed long before the end.
    if (atMs - toldAt < leastMs && (!finished || wasFinished)) return;
    toldAt = atMs;
    wasFinished = finished;
    seen = [...seen.filter((earlier) => atMs - earlier.atMs <= 5000), { atMs, done }];
    const first = seen[0];
    const elapsed = first === undefined ? 0 : (atMs - first.atMs) / 1000;
    const ratePerSecond = first !== undefined && elapsed > 0 ? Math.max(0, (done - first.done) / elapsed) : null;
    report({ type: 'command-progress', commandId, done, total, unit, ratePerSecond, detail: detail ?? null });
  };
}
