import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';
import { toApiProblem } from '../problem.ts';

/** Who is connected changes all the time and nobody announces it: asked every two seconds while it is looked at. */
export function useConnections(instanceId: string) {
  return useQuery({
    queryKey: keys.connections(instanceId),
    queryFn: ({ signal }) => request('listConnections', { path: { instanceId }, signal }),
    staleTime: 0,
    // Whom they are closed to is not shown more by asking again.
    refetchInterval: ({ state }) => (state.error !== null && toApiProblem(state.error).code === 'not-allowed' ? false : 2000),
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
