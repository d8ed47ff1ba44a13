import type { Span } from './time-scale.ts';

const second = 1000;

type Pressed = { key: string; shiftKey: boolean };

/** Where a key takes the handle; null for a key that means nothing to it. With Shift, arrows go ten seconds and pages an hour. */
export function stepByKey({ key, shiftKey }: Pressed, atMs: number, within: Span): number | null {
  if (key === 'Home') return within.fromMs;
  if (key === 'End') return within.toMs;
  const arrow = shiftKey ? 10 : 1;
  const page = shiftKey ? 3600 : 60;
  const seconds = { ArrowLeft: -arrow, ArrowDown: -arrow, ArrowRight: arrow, ArrowUp: arrow, PageDown: -page, PageUp: page }[key];
  if (seconds === undefined) return null;
  // From between two seconds it goes to a whole one, and never further than asked.
  const from = (seconds < 0 ? Math.ceil(atMs / second) : Math.floor(atMs / second)) * second;
  return keepIn(from + seconds * second, within);
}

/** A moment worth stopping at, and why. */
export type Snap = { atMs: number; label: string };

/** The nearest snap that lies close enough, else the moment as a whole second. */
export function snap(atMs: number, snaps: readonly Snap[], withinMs: number): number {
  let nearest: Snap | null = null;
  for (const candidate of snaps) {
    const distance = Math.abs(candidate.atMs - atMs);
    if (distance <= withinMs && (nearest === null || distance < Math.abs(nearest.atMs - atMs))) nearest = candidate;
  }
  return nearest?.atMs ?? Math.round(atMs / second) * second;
}

/** The snap right before or after a moment. */
export function findSnap(snaps: readonly Snap[], atMs: number, direction: 'before' | 'after'): Snap | null {
  const beyond = snaps.filter((candidate) => (direction === 'before' ? candidate.atMs < atMs : candidate.atMs > atMs));
  return beyond.reduce<Snap | null>(
    (best, candidate) => (best === null || Math.abs(candidate.atMs - atMs) < Math.abs(best.atMs - atMs) ? candidate : best),
    null,
  );
}

function keepIn(atMs: number, { fromMs, toMs }: Span): number {
  return Math.min(Math.max(atMs, fromMs), toMs);
}
