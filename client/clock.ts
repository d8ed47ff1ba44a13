import { useCallback, useSyncExternalStore } from 'react';
import type { Connection } from './connection.ts';

/** The control plane's time as far as the browser knows; it stands still while not connected, so that ages do not invent silence. */
export type Clock = {
  now(): number;
  /** Told the server's time with every message; `roundTripMs` where it was measured. */
  learn(serverMs: number, roundTripMs?: number): void;
  subscribe(everyMs: number, listener: () => void): () => void;
};

export function createClock(connection: Connection): Clock {
  let offset: number | null = null;
  let exact = false;
  const beats = new Map<number, { listeners: Set<() => void>; timer: ReturnType<typeof setInterval> }>();
  return {
    now() {
      const { phase, sinceMs } = connection.state.get();
      return (phase === 'reconnecting' || phase === 'connecting' ? sinceMs : Date.now()) + (offset ?? 0);
    },
    learn(serverMs, roundTripMs) {
      if (roundTripMs === undefined && exact) return;
      exact = roundTripMs !== undefined;
      offset = serverMs + (roundTripMs ?? 0) / 2 - Date.now();
    },
    subscribe(everyMs, listener) {
      const beat = beats.get(everyMs) ?? startBeat(everyMs);
      beat.listeners.add(listener);
      return () => {
        beat.listeners.delete(listener);
        if (beat.listeners.size > 0) return;
        clearInterval(beat.timer);
        beats.delete(everyMs);
      };
    },
  };

  function startBeat(everyMs: number) {
    const listeners = new Set<() => void>();
    const timer = setInterval(() => {
      for (const listener of listeners) listener();
    }, everyMs);
    const beat = { listeners, timer };
    beats.set(everyMs, beat);
    return beat;
  }
}

/** Re-renders every `everyMs` and answers the time rounded down to it, so that nothing renders in between. */
export function useTick(clock: Clock, everyMs: number): number {
  const subscribe = useCallback((listener: () => void) => clock.subscribe(everyMs, listener), [clock, everyMs]);
  const read = () => Math.floor(clock.now() / everyMs) * everyMs;
  return useSyncExternalStore(subscribe, read, () => 0);
}
