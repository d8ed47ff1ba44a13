import { createStore, type Store } from './store.ts';

/**
 * `connecting`: never been live yet. `live`: events arrive. `reconnecting`: since `sinceMs` nothing can be trusted to be
 * current. `ended`: the sign-in is over. Times are the browser's own clock, milliseconds.
 */
export type ConnectionState = { phase: 'connecting' | 'live' | 'reconnecting' | 'ended'; sinceMs: number };

export type Connection = {
  state: Store<ConnectionState>;
  to(phase: ConnectionState['phase']): void;
  /** Called for everything that arrives; not a notification, read it on a tick. */
  heard(): void;
  lastHeardMs(): number | null;
};

export function createConnection(): Connection {
  const state = createStore<ConnectionState>({ phase: 'connecting', sinceMs: Date.now() });
  let lastHeard: number | null = null;
  return {
    state,
    to(phase) {
      if (state.get().phase === phase || state.get().phase === 'ended') return;
      // What was heard last is the last moment the page was true, not when the loss was noticed.
      const sinceMs = phase === 'reconnecting' ? (lastHeard ?? Date.now()) : Date.now();
      state.set({ phase, sinceMs });
    },
    heard() {
      lastHeard = Date.now();
    },
    lastHeardMs: () => lastHeard,
  };
}
