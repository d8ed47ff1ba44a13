import { useCallback, useSyncExternalStore } from 'react';
import type { Pulse, Sample } from '#contract/resources/sample.ts';

/** Sixty samples are a minute at one beat a second: what a sparkline shows. */
const ringSize = 60;

/** One instance's newest sign of life, and its last samples, oldest first. Replaced, never changed, on every pulse. */
export type Row = { seenAtMs: number; sequence: number; sentAtMs: number; sample: Sample | null; ring: readonly Sample[] };

export type Pulses = {
  put(pulses: readonly Pulse[]): void;
  get(instanceId: string): Row | undefined;
  subscribe(instanceId: string, listener: () => void): () => void;
  forget(instanceId: string): void;
};

/** Volatile rows outside React: writes to rows nobody shows only touch the map; shown ones are told once a frame. */
export function createPulses(schedule: (flush: () => void) => void = (flush) => requestAnimationFrame(flush)): Pulses {
  const rows = new Map<string, Row>();
  const listeners = new Map<string, Set<() => void>>();
  const dirty = new Set<string>();
  let scheduled = false;

  function flush() {
    scheduled = false;
    const ids = [...dirty];
    dirty.clear();
    for (const id of ids) for (const listener of listeners.get(id) ?? []) listener();
  }

  function mark(id: string) {
    if (!listeners.has(id)) return;
    dirty.add(id);
    if (scheduled) return;
    scheduled = true;
    schedule(flush);
  }

  return {
    put(pulses) {
      for (const pulse of pulses) {
        const old = rows.get(pulse.instanceId);
        if (old !== undefined && pulse.seenAtMs < old.seenAtMs) continue;
        const ring = old?.ring ?? [];
        rows.set(pulse.instanceId, {
          seenAtMs: pulse.seenAtMs,
          sequence: pulse.sequence,
          sentAtMs: pulse.sentAtMs,
          sample: pulse.sample ?? old?.sample ?? null,
          ring: pulse.sample === null ? ring : [...ring.slice(-(ringSize - 1)), pulse.sample],
        });
        mark(pulse.instanceId);
      }
    },
    get: (id) => rows.get(id),
    subscribe(id, listener) {
      const set = listeners.get(id) ?? new Set();
      set.add(listener);
      listeners.set(id, set);
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
    forget(id) {
      rows.delete(id);
      mark(id);
    },
  };
}

/** The row of one instance; renders at most once a frame, and only when this row changed. */
export function useRow(pulses: Pulses, instanceId: string): Row | undefined {
  const subscribe = useCallback((listener: () => void) => pulses.subscribe(instanceId, listener), [pulses, instanceId]);
  const read = useCallback(() => pulses.get(instanceId), [pulses, instanceId]);
  return useSyncExternalStore(subscribe, read, read);
}
