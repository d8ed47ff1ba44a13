import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useSyncExternalStore } from 'react';

const written = 'guestboard-query-written';

/**
 * What stands behind the question mark of the address, and how to write it there. It is drawn at once: the router's own hook tells of it
 * only when the page has the time to, and letters typed meanwhile would be lost.
 */
export function useUrlQuery(): [query: string, write: (query: string, hash?: string) => void] {
  const query = useSyncExternalStore(subscribe, readUrlQuery, () => '');
  const told = useSearchParams();
  // A link led to the same page with another query.
  useEffect(() => {
    if (told !== null) window.dispatchEvent(new Event(written));
  }, [told]);
  const write = useCallback((next: string, hash = '') => {
    window.history.replaceState(null, '', `${window.location.pathname}${next === '' ? '' : `?${next}`}${hash}`);
    window.dispatchEvent(new Event(written));
  }, []);
  return [query, write];
}

/** As it is now, also for who would change a part of it. */
export function readUrlQuery(): string {
  return window.location.search.slice(1);
}

function subscribe(listener: () => void): () => void {
  for (const name of [written, 'popstate']) window.addEventListener(name, listener);
  return () => {
    for (const name of [written, 'popstate']) window.removeEventListener(name, listener);
  };
}
