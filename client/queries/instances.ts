import { useQuery } from '@tanstack/react-query';
import type { Instance } from '#contract/resources/instance.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';
import { fetchWhole, type WholeList } from './read-pages.ts';

export type InstanceList = WholeList<Instance>;

/** Every instance the person may read. The first page shows at once; the rest follows, and the socket keeps it current. */
export function useInstances() {
  const browser = useBrowser();
  return useQuery({
    queryKey: keys.instances,
    // Pages small enough that reading one holds up no click.
    queryFn: ({ signal }) =>
      fetchWhole<Instance>(browser, keys.instances, (cursor) =>
        request('listInstances', { query: { limit: cursor === undefined ? 100 : 300, ...(cursor && { cursor }) }, signal }),
      ),
  });
}

export function useInstance(id: string) {
  const { queries, journal } = useBrowser();
  return useQuery({
    queryKey: keys.instance(id),
    queryFn: async ({ signal }) => {
      const since = performance.now();
      const fetched = await request('getInstance', { path: { instanceId: id }, signal });
      const known = queries.getQueryData<Instance>(keys.instance(id));
      return journal.reconcile(known ? [known] : [], [fetched], since)[0] ?? fetched;
    },
    initialData: () => queries.getQueryData<InstanceList>(keys.instances)?.items.find((instance) => instance.id === id),
    initialDataUpdatedAt: 0,
  });
}
