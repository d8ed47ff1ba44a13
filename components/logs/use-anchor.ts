'use client';
import { useCallback, useSyncExternalStore } from 'react';

/** The position a link names after its #, and how to change it without leaving the page. */
export function useAnchor(): [string | null, (position: string | null) => void] {
  const anchor = useSyncExternalStore(subscribe, read, () => null);
  const set = useCallback((position: string | null) => {
    window.history.replaceState(null, '', `${window.location.pathname}${window.location.search}${position === null ? '' : `#${position}`}`);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }, []);
  return [anchor, set];
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function read(): string | null {
  const hash = decodeURIComponent(window.location.hash.slice(1));
  return hash === '' ? null : hash;
}
