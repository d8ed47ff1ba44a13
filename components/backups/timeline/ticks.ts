import { formatDateTime } from '#client/format.ts';
import type { Span } from './time-scale.ts';

/** `isDay`: the label is a day. */
export type Tick = { atMs: number; label: string; isDay: boolean };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
];
const daySteps = [1, 2, 7, 14, 28, 56, 112, 224, 448];

/** Round moments of the reader's own clock, as many as leave each label `leastPx`. */
export function chooseTicks(seen: Span, widthPx: number, leastPx = 76): Tick[] {
  const leastMs = ((seen.toMs - seen.fromMs) * leastPx) / Math.max(widthPx, leastPx);
  const step = steps.find((candidate) => candidate >= leastMs);
  return step === undefined ? listDays(seen, leastMs) : listTimes(seen, step);
}

function listTimes({ fromMs, toMs }: Span, stepMs: number): Tick[] {
  const ticks: Tick[] = [];
  let midnight = startOfDay(fromMs, 0);
  let next = startOfDay(fromMs, 1);
  let atMs = midnight + Math.ceil((fromMs - midnight) / stepMs) * stepMs;
  for (;;) {
    // A day may have 23 or 25 hours: each begins to count anew.
    if (atMs >= next) [midnight, next, atMs] = [next, startOfDay(next, 1), next];
    if (atMs > toMs) return ticks;
    const isDay = atMs === midnight;
    ticks.push({ atMs, isDay, label: isDay ? nameDay(atMs) : formatDateTime(atMs).slice(11, stepMs < minute ? 19 : 16) });
    atMs += stepMs;
  }
}

function listDays({ fromMs, toMs }: Span, leastMs: number): Tick[] {
  const days = daySteps.find((candidate) => candidate * 24 * hour >= leastMs) ?? 896;
  const dayNumber = Math.floor((startOfDay(fromMs, 0) + 12 * hour) / (24 * hour));
  const ticks: Tick[] = [];
  // The same days bear a tick however the strip is moved.
  for (let ahead = (days - (dayNumber % days)) % days; ; ahead += days) {
    const atMs = startOfDay(fromMs, ahead);
    if (atMs > toMs) return ticks;
    if (atMs >= fromMs) ticks.push({ atMs, label: nameDay(atMs), isDay: true });
  }
}

function startOfDay(atMs: number, daysLater: number): number {
  const date = new Date(atMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

function nameDay(atMs: number): string {
  return new Date(atMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
