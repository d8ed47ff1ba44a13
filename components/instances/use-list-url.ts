import { useCallback } from 'react';
import { readParameters, useTidyUrl } from '#components/ui/url-choice.ts';
import { readUrlQuery, useUrlQuery } from '#components/ui/use-url-query.ts';
import { tidyListQuery } from './tidy-list-query.ts';

/** Filter and sort live in the URL, so that a list can be sent to a colleague. */
export function useListUrl() {
  const [query, write] = useUrlQuery();
  const parameters = readParameters(query);
  useTidyUrl(query, tidyListQuery(query), write);
  const set = useCallback(
    (name: 'q' | 'sort', value: string) => {
      const next = readParameters(readUrlQuery());
      if (value === '') next.delete(name);
      else next.set(name, value);
      write(next.toString());
    },
    [write],
  );
  return { filter: parameters.get('q') ?? '', sort: parameters.get('sort'), set };
}
