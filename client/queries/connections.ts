import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** Who is connected changes all the time and nobody announces it: asked every two seconds while it is looked at. */
export function useConnections(instanceId: string) {
  return useQuery({
    queryKey: keys.connections(instanceId),
    queryFn: ({ signal }) => request('listConnections', { path: { instanceId }, signal }),
    staleTime: 0,
    refetchInterval: 2000,
    retry: false,
  });
}

export function useConnectionChanges(instanceId: string) {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.connections(instanceId) }) };
  const path = (connectionId: string) => ({ path: { instanceId, connectionId } });
  return {
    cancel: useMutation({ mutationFn: (id: string) => request('cancelStatement', path(id)), ...settle }),
    end: useMutation({ mutationFn: (id: string) => request('endConnection', path(id)), ...settle }),
  };
}
