/** A stretch of time; on a strip, the one that is seen. */
export type Span = { fromMs: number; toMs: number };

/** Closer than this nothing can be told apart: the hand moves by seconds. */
export const shortestMs = 10_000;

export function toPixel({ fromMs, toMs }: Span, widthPx: number, atMs: number): number {
  return ((atMs - fromMs) / (toMs - fromMs)) * widthPx;
}

export function toMoment({ fromMs, toMs }: Span, widthPx: number, pixel: number): number {
  return widthPx === 0 ? fromMs : fromMs + (pixel / widthPx) * (toMs - fromMs);
}

/** What is seen after zooming by a factor (below 1: closer), with `aroundMs` staying where it is. */
export function zoom(seen: Span, whole: Span, factor: number, aroundMs: number): Span {
  const longest = whole.toMs - whole.fromMs;
  const length = Math.min(Math.max((seen.toMs - seen.fromMs) * factor, Math.min(shortestMs, longest)), longest);
  const share = (aroundMs - seen.fromMs) / (seen.toMs - seen.fromMs);
  return keepWithin({ fromMs: aroundMs - share * length, toMs: aroundMs + (1 - share) * length }, whole);
}

export function pan(seen: Span, whole: Span, byMs: number): Span {
  return keepWithin({ fromMs: seen.fromMs + byMs, toMs: seen.toMs + byMs }, whole);
}

/** Moved no further than it takes to see the moment a tenth away from the edge. */
export function reveal(seen: Span, whole: Span, atMs: number): Span {
  const margin = (seen.toMs - seen.fromMs) / 10;
  if (atMs < seen.fromMs) return pan(seen, whole, atMs - margin - seen.fromMs);
  if (atMs > seen.toMs) return pan(seen, whole, atMs + margin - seen.toMs);
  return seen;
}

/** Shifted into the whole, and cut where it is longer. */
export function keepWithin({ fromMs, toMs }: Span, whole: Span): Span {
  if (toMs - fromMs >= whole.toMs - whole.fromMs) return whole;
  const shift = Math.max(0, whole.fromMs - fromMs) - Math.max(0, toMs - whole.toMs);
  return { fromMs: fromMs + shift, toMs: toMs + shift };
}
