import { readParameters } from '#components/ui/url-choice.ts';
import { readSort } from './sort.ts';

/** Of an address what the list reads: its filter as it was written, and a sort that there is. */
export function tidyListQuery(query: string): string {
  const parameters = readParameters(query);
  const [filter, sort] = [parameters.get('q') ?? '', readSort(parameters.get('sort'))];
  return new URLSearchParams([...(filter === '' ? [] : [['q', filter]]), ...(sort === '' ? [] : [['sort', sort]])]).toString();
}
