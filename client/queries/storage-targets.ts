import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useStorageTargets({ enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({ queryKey: keys.storageTargets, queryFn: ({ signal }) => request('listStorageTargets', { signal }), enabled });
}

export function useStorageTargetChanges() {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.storageTargets }) };
  return {
    create: useMutation({
      mutationFn: (body: EndpointBodyInput<'createStorageTarget'>) => request('createStorageTarget', { body }),
      ...settle,
    }),
    update: useMutation({
      mutationFn: ({ id, ...body }: { id: string } & EndpointBodyInput<'updateStorageTarget'>) =>
        request('updateStorageTarget', { path: { storageTargetId: id }, body }),
      ...settle,
    }),
    remove: useMutation({
      mutationFn: (id: string) => request('deleteStorageTarget', { path: { storageTargetId: id } }),
      ...settle,
    }),
  };
}

/** Of a project’s local directory. */
export function useLocalStorageTest() {
  return useMutation({ mutationFn: (projectId: string) => request('testLocalStorage', { body: { projectId } }) });
}

export function useStorageTest() {
  return useMutation({ mutationFn: (id: string) => request('testStorageTarget', { path: { storageTargetId: id } }) });
}
