import type { Operation, OperationStepView } from '#contract/resources/operation.ts';
import { formatBytes, formatNumber } from './format.ts';
import { elapsedMs } from './progress.ts';

/** "1.2 GB of 3.1 GB at 66 MB/s", "41 of 66 segments", or the agent's own words. */
export function describeStep(step: OperationStepView): string {
  const rate = step.ratePerSecond === null ? '' : step.unit === 'bytes' ? ` at ${formatBytes(step.ratePerSecond)}/s` : '';
  const amount = step.done === null ? '' : describeAmount(step, step.done);
  return [`${amount}${amount === '' ? '' : rate}`, step.detail].filter(Boolean).join(' · ');
}

function describeAmount({ unit, total, state }: OperationStepView, done: number): string {
  if (unit === 'percent') return state === 'succeeded' ? '' : `${Math.round(done)} %`;
  // Of what, only the words beside it know; how many there were says nothing once all are done.
  if (unit === 'items')
    return state === 'succeeded' ? '' : total === null ? formatNumber(done) : `${formatNumber(done)} of ${formatNumber(total)}`;
  const show = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatNumber(value));
  const counted = (total ?? done) === 1 ? unit?.replace(/s$/, '') : unit;
  const noun = unit === 'bytes' ? '' : ` ${counted ?? ''}`;
  return total === null || total === done ? `${show(done)}${noun}` : `${show(done)} of ${show(total)}${noun}`;
}

/**
 * "about 1–2 min left", "longer than before", or "no estimate yet" where no earlier run taught one. The row's range is of the whole run; where
 * what runs has but one step after it, its own pace knows better than earlier runs, which may have had more or less to copy.
 */
export function describeEstimate(operation: Operation, nowMs: number): string {
  const at = operation.steps.findIndex(({ state }) => state === 'running' || state === 'accepted');
  const step = operation.steps[at];
  const paced = step === undefined || operation.steps.length - at > 2 ? null : describeRemaining(step);
  if (paced !== null) return paced;
  if (operation.steps.length > 0 && operation.steps.every(({ state }) => state === 'succeeded')) return 'nearly done';
  if (operation.estimate === null) return 'no estimate yet';
  const elapsed = elapsedMs(operation, nowMs);
  const lowMs = Math.max(0, operation.estimate.lowMs - elapsed);
  const highMs = operation.estimate.highMs - elapsed;
  return highMs <= 0 ? 'longer than before' : `${describeRange({ lowMs, highMs })} left`;
}

/** "about 40 s left" by how fast the bytes go now; null where their sum or their pace is not known. */
export function describeRemaining({ done, total, ratePerSecond, unit }: OperationStepView): string | null {
  if (unit !== 'bytes' || done === null || total === null || ratePerSecond === null || ratePerSecond <= 0 || done >= total) return null;
  const leftMs = ((total - done) / ratePerSecond) * 1000;
  return `${describeRange({ lowMs: leftMs, highMs: leftMs })} left`;
}

/** The same before anything began: "about 5–9 s, from 12 earlier runs". */
export function describeExpected(estimate: Operation['estimate']): string {
  if (estimate === null) return 'no estimate yet';
  // Told by a limit on it, before anything of its kind was run.
  if (estimate.runs === 0) return `${describeRange(estimate)}, by its speed limit`;
  return `${describeRange(estimate)}, from ${estimate.runs} earlier ${estimate.runs === 1 ? 'run' : 'runs'}`;
}

export function describeRange({ lowMs, highMs }: { lowMs: number; highMs: number }): string {
  if (highMs < 2000) return 'a second or two';
  const minutes = highMs >= 90_000;
  const unit = minutes ? 60_000 : 1000;
  const low = Math.max(1, Math.round(lowMs / unit));
  const high = Math.max(low, Math.round(highMs / unit));
  return `about ${low === high ? low : `${low}–${high}`} ${minutes ? 'min' : 's'}`;
}
