import { useQuery } from '@tanstack/react-query';
import type { Operation } from '#contract/resources/operation.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys, type OperationsFilter } from '../keys.ts';

const statesOf = { active: 'queued,running,cancelling', failed: 'failed' };

export type OperationList = { items: Operation[]; total: number };

/** Operations newest first, a hundred unless more are asked for; with how many there are. */
export function useOperations(filter: OperationsFilter = {}) {
  const { queries, journal } = useBrowser();
  const key = keys.operations(filter);
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }): Promise<OperationList> => {
      const since = performance.now();
      const page = await request('listOperations', {
        query: {
          limit: filter.limit ?? 100,
          ...(filter.instance === undefined ? {} : { instance: filter.instance }),
          ...(filter.states === undefined ? {} : { state: statesOf[filter.states] }),
        },
        signal,
      });
      const known = queries.getQueryData<OperationList>(key);
      return { items: journal.reconcile(known?.items, page.items, since), total: page.total };
    },
    placeholderData: (previous) => previous,
  });
}

export function useActiveOperations() {
  return useOperations({ states: 'active', limit: 500 });
}

export function useOperation(id: string) {
  const { queries, journal } = useBrowser();
  return useQuery({
    queryKey: keys.operation(id),
    queryFn: async ({ signal }) => {
      const since = performance.now();
      const fetched = await request('getOperation', { path: { operationId: id }, signal });
      const known = queries.getQueryData<Operation>(keys.operation(id));
      return journal.reconcile(known ? [known] : [], [fetched], since)[0] ?? fetched;
    },
  });
}
