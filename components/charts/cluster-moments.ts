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
