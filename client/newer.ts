/** Known items with newer ones in their places and unknown ones in front. Order is otherwise kept. */
export function keepNewer<T extends { id: string; revision: number }>(known: readonly T[], incoming: readonly T[]): T[] {
  const latest = new Map<string, T>();
  for (const value of incoming) {
    const other = latest.get(value.id);
    if (other === undefined || other.revision <= value.revision) latest.set(value.id, value);
  }
  const kept = known.map((item) => {
    const value = latest.get(item.id);
    latest.delete(item.id);
    return value !== undefined && value.revision >= item.revision ? value : item;
  });
  return [...latest.values()].reverse().concat(kept);
}

/** Remembers what the socket said lately, since an answer already on its way may be older than it. */
export type Journal = {
  arrived(id: string): void;
  removed(id: string): void;
  /** An answer asked for at `sinceMs`, corrected by what the socket said since. */
  reconcile<T extends { id: string; revision: number }>(known: readonly T[] | undefined, fetched: readonly T[], sinceMs: number): T[];
};

const rememberMs = 60_000;

export function createJournal(now: () => number = () => performance.now()): Journal {
  const arrivals = new Map<string, number>();
  const removals = new Map<string, number>();
  return {
    arrived: (id) => remember(arrivals, id),
    removed: (id) => remember(removals, id),
    reconcile(known, fetched, sinceMs) {
      const present = fetched.filter((item) => (removals.get(item.id) ?? -1) < sinceMs);
      const ids = new Set(present.map((item) => item.id));
      const cached = new Map((known ?? []).map((item) => [item.id, item]));
      const newer = present.map((item) => {
        const other = cached.get(item.id);
        return other !== undefined && other.revision > item.revision ? other : item;
      });
      const born = (known ?? []).filter((item) => !ids.has(item.id) && (arrivals.get(item.id) ?? -1) >= sinceMs && !removals.has(item.id));
      return [...born, ...newer];
    },
  };

  function remember(map: Map<string, number>, id: string) {
    map.delete(id);
    map.set(id, now());
    for (const [old, at] of map) {
      if (at > now() - rememberMs) break;
      map.delete(old);
    }
  }
}
