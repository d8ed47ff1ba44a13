import { useMutation, useQuery } from '@tanstack/react-query';
import type { QuotaLimits } from '#contract/quotas.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** What is used changes with every instance and backup: looked at again while it is on the page. */
export function useQuotas(projectId: string, { enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.quotas(projectId),
    queryFn: ({ signal }) => request('listQuotas', { path: { projectId }, signal }),
    enabled: enabled && projectId !== '',
    refetchInterval: 10_000,
  });
}

export function useQuotaChange(projectId: string) {
  const { queries } = useBrowser();
  return useMutation({
    mutationFn: (body: QuotaLimits) => request('changeQuotas', { path: { projectId }, body }),
    onSuccess: (changed) => queries.setQueryData(keys.quotas(projectId), changed),
  });
}
