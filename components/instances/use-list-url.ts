import { useCallback } from 'react';
import { readQuery, useQuery } from '#components/ui/use-query.ts';

/** Filter and sort live in the URL, so that a list can be sent to a colleague. */
export function useListUrl() {
  const [query, write] = useQuery();
  const parameters = new URLSearchParams(query);
  const set = useCallback(
    (name: 'q' | 'sort', value: string) => {
      const next = new URLSearchParams(readQuery());
      if (value === '') next.delete(name);
      else next.set(name, value);
      write(next.toString());
    },
    [write],
  );
  return { filter: parameters.get('q') ?? '', sort: parameters.get('sort'), set };
}
