import type { Sample } from '#contract/resources/sample.ts';

/** Samples in time order since `sinceMs`; a late one finds its place, a repeated one is taken once. */
export function mergeSamples(known: readonly Sample[], incoming: readonly Sample[], sinceMs: number): readonly Sample[] {
  const last = known.at(-1);
  const fresh = incoming.filter((sample) => sample.atMs >= sinceMs);
  const start = known.findIndex((sample) => sample.atMs >= sinceMs);
  const kept = start <= 0 ? (start === 0 ? known : []) : known.slice(start);
  if (fresh.length === 0) return kept;
  if (fresh.length === 1 && fresh[0] !== undefined && (last === undefined || fresh[0].atMs > last.atMs)) return [...kept, fresh[0]];
  const byTime = new Map([...kept, ...fresh].map((sample) => [sample.atMs, sample]));
  return [...byTime.values()].sort((one, other) => one.atMs - other.atMs);
}

/** A null row stands in the middle of every silence longer than `gapMs`, so that a line breaks there instead of lying. */
export type Timeline = { times: number[]; rows: (Sample | null)[] };

export function toTimeline(samples: readonly Sample[], gapMs: number): Timeline {
  const times: number[] = [];
  const rows: (Sample | null)[] = [];
  let previous: Sample | undefined;
  for (const sample of samples) {
    if (previous !== undefined && sample.atMs - previous.atMs > gapMs) {
      times.push((previous.atMs + sample.atMs) / 2000);
      rows.push(null);
    }
    times.push(sample.atMs / 1000);
    rows.push(sample);
    previous = sample;
  }
  return { times, rows };
}

export type Summary = { last: number; lowest: number; highest: number; mean: number };

/** What a chart says in words; null when nothing was measured. */
export function summarise(values: readonly (number | null | undefined)[]): Summary | null {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  const last = known.at(-1);
  if (last === undefined) return null;
  let lowest = last;
  let highest = last;
  let sum = 0;
  for (const value of known) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    sum += value;
  }
  return { last, lowest, highest, mean: sum / known.length };
}
