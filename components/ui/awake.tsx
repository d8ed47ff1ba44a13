import { type ReactNode, useSyncExternalStore } from 'react';

/**
 * The fallback in the server's HTML and while the page wakes up, then the children. What reads the URL or the query cache
 * sits inside: it could otherwise know more than the HTML it hydrates.
 */
export function Awake({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  const awake = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return awake ? children : fallback;
}

function never() {
  return () => {};
}
