import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** Filter and sort live in the URL, so that a list can be sent to a colleague. */
export function useListUrl() {
  const parameters = useSearchParams();
  const set = useCallback((name: 'q' | 'sort', value: string) => {
    const next = new URLSearchParams(window.location.search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    window.history.replaceState(null, '', next.size === 0 ? window.location.pathname : `?${next}`);
  }, []);
  return { filter: parameters.get('q') ?? '', sort: parameters.get('sort'), set };
}
