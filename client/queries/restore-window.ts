import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** What an instance can be restored to. Its end moves on without a committed change that the socket would tell of: it is asked for again. */
export function useRestoreWindow(instanceId: string | null, everyMs = 2000) {
  return useQuery({
    queryKey: keys.restoreWindow(instanceId ?? ''),
    queryFn: ({ signal }) => request('getRestoreWindow', { path: { instanceId: instanceId ?? '' }, signal }),
    enabled: instanceId !== null,
    refetchInterval: everyMs,
  });
}

export function useSetArchiving(instanceId: string) {
  const { queries } = useBrowser();
  return useMutation({
    mutationFn: (enabled: boolean) => request('setArchiving', { path: { instanceId }, body: { enabled } }),
    onSuccess: (window) => queries.setQueryData(keys.restoreWindow(instanceId), window),
  });
}
