import { useMutation } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useProjectChanges() {
  const { queries } = useBrowser();
  const settle = {
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey: keys.projects }), queries.invalidateQueries({ queryKey: keys.me })]),
  };
  return {
    create: useMutation({ mutationFn: (body: EndpointBodyInput<'createProject'>) => request('createProject', { body }), ...settle }),
    rename: useMutation({
      mutationFn: ({ projectId, title }: { projectId: string; title: string }) =>
        request('renameProject', { path: { projectId }, body: { title } }),
      ...settle,
    }),
    remove: useMutation({ mutationFn: (projectId: string) => request('deleteProject', { path: { projectId } }), ...settle }),
  };
}
