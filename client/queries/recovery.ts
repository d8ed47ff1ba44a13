import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** How the control plane saves itself; asked for again while it is shown. */
export function useRecovery() {
  return useQuery({
    queryKey: keys.recovery,
    queryFn: ({ signal }) => request('getRecovery', { signal }),
    refetchInterval: 2000,
    staleTime: 0,
  });
}

export function useRecoveryChanges() {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.recovery }) };
  return {
    change: useMutation({ mutationFn: (body: EndpointBodyInput<'changeRecovery'>) => request('changeRecovery', { body }), ...settle }),
    renew: useMutation({ mutationFn: () => request('renewRecoveryKey'), ...settle }),
    save: useMutation({ mutationFn: () => request('saveControlPlane'), ...settle }),
  };
}
