import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** Extensions live in the engine: asked for again when shown, and when an event tells that somebody here changed them. */
export function useExtensions(instanceId: string, database: string) {
  return useQuery({
    queryKey: keys.extensions(instanceId, database),
    queryFn: ({ signal }) => request('listExtensions', { path: { instanceId, name: database }, signal }),
    staleTime: 0,
    refetchOnMount: 'always',
  });
}

export function useExtensionChanges(instanceId: string, database: string) {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.extensions(instanceId, database) }) };
  return {
    create: useMutation({
      mutationFn: (name: string) => request('createExtension', { path: { instanceId, name: database }, body: { name } }),
      ...settle,
    }),
    drop: useMutation({
      mutationFn: ({ name, cascade }: { name: string; cascade: boolean }) =>
        request('dropExtension', {
          path: { instanceId, name: database, extension: name },
          ...(cascade ? { query: { cascade: name } } : {}),
        }),
      ...settle,
    }),
  };
}
