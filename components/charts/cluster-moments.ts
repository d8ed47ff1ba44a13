/** Puts together what lies closer than `withinMs` to the first of its cluster; in time order. */
export function clusterMoments<T>(items: readonly T[], at: (item: T) => number, withinMs: number): T[][] {
  const clusters: T[][] = [];
  let start = Number.NEGATIVE_INFINITY;
  for (const item of [...items].sort((one, other) => at(one) - at(other))) {
    if (at(item) - start > withinMs) {
      clusters.push([]);
      start = at(item);
    }
    clusters.at(-1)?.push(item);
  }
  return clusters;
}

/** Puts together what overlaps, in time order; every span is taken as at least `leastMs` long. */
export function clusterSpans<T>(items: readonly T[], spanOf: (item: T) => readonly [number, number], leastMs: number) {
  const clusters: { fromMs: number; toMs: number; items: T[] }[] = [];
  for (const item of [...items].sort((one, other) => spanOf(one)[0] - spanOf(other)[0])) {
    const [fromMs, endMs] = spanOf(item);
    const toMs = Math.max(endMs, fromMs + leastMs);
    const last = clusters.at(-1);
    if (last === undefined || fromMs >= last.toMs) clusters.push({ fromMs, toMs, items: [item] });
    else {
      last.items.push(item);
      last.toMs = Math.max(last.toMs, toMs);
    }
  }
  return clusters;
}
