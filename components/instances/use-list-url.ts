import { useCallback } from 'react';
import { readUrlQuery, useUrlQuery } from '#components/ui/use-url-query.ts';

/** Filter and sort live in the URL, so that a list can be sent to a colleague. */
export function useListUrl() {
  const [query, write] = useUrlQuery();
  const parameters = new URLSearchParams(query);
  const set = useCallback(
    (name: 'q' | 'sort', value: string) => {
      const next = new URLSearchParams(readUrlQuery());
      if (value === '') next.delete(name);
      else next.set(name, value);
      write(next.toString());
    },
    [write],
  );
  return { filter: parameters.get('q') ?? '', sort: parameters.get('sort'), set };
}
