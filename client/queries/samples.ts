import { useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { keys } from '../keys.ts';

/** Samples of the last minutes, oldest first; what follows comes by pulse. */
export function useSamples(instanceId: string, minutes = 15) {
  return useQuery({
    queryKey: [...keys.samples(instanceId), minutes],
    queryFn: ({ signal }) => request('listSamples', { path: { instanceId }, query: { minutes }, signal }),
  });
}
