import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** What an instance can be restored to. Its end moves all the time, without a change that would be told: it is asked while somebody looks. */
export function useRestoreWindow(instanceId: string) {
  return useQuery({
    queryKey: keys.restoreWindow(instanceId),
    queryFn: ({ signal }) => request('getRestoreWindow', { path: { instanceId }, signal }),
    refetchInterval: 2000,
  });
}

export function useSetArchiving(instanceId: string) {
  const { queries } = useBrowser();
  return useMutation({
    mutationFn: (enabled: boolean) => request('setArchiving', { path: { instanceId }, body: { enabled } }),
    onSuccess: (window) => queries.setQueryData(keys.restoreWindow(instanceId), window),
  });
}
