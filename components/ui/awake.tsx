import { type ReactNode, useSyncExternalStore } from 'react';

/**
 * The fallback in the server's HTML and while the page wakes up, then the children. What reads the URL or the query cache
 * sits inside: it could otherwise know more than the HTML it hydrates.
 */
export function Awake({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  return useAwake() ? children : fallback;
}

/** Whether the page hears what is done to it: not yet where only the server's HTML is there. */
export function useAwake(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

function never() {
  return () => {};
}
