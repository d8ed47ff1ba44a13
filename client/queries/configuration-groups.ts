import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useConfigurationGroups(options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.configurationGroups,
    enabled: options.enabled ?? true,
    queryFn: ({ signal }) => request('listConfigurationGroups', { signal }),
  });
}

export function useConfigurationGroupChanges() {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.configurationGroups }) };
  return {
    create: useMutation({
      mutationFn: (body: EndpointBodyInput<'createConfigurationGroup'>) => request('createConfigurationGroup', { body }),
      ...settle,
    }),
    update: useMutation({
      mutationFn: ({ id, values }: { id: string } & EndpointBodyInput<'updateConfigurationGroup'>) =>
        request('updateConfigurationGroup', { path: { configurationGroupId: id }, body: { values } }),
      ...settle,
    }),
    remove: useMutation({
      mutationFn: (id: string) => request('deleteConfigurationGroup', { path: { configurationGroupId: id } }),
      ...settle,
    }),
  };
}
