import { useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { keys } from '../keys.ts';

/** What happened to an instance, newest first; the socket adds to it. */
export function useEvents(instanceId: string) {
  return useQuery({
    queryKey: keys.events(instanceId),
    queryFn: ({ signal }) => request('listEvents', { path: { instanceId }, query: { limit: 200 }, signal }),
  });
}
