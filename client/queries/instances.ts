import { useQuery } from '@tanstack/react-query';
import type { Instance } from '#contract/resources/instance.ts';
import { request } from '../api.ts';
import { type Browser, useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';
import { readPages } from './read-pages.ts';

export type InstanceList = { items: Instance[]; total: number; complete: boolean };

/** Every instance the person may read. The first page shows at once; the rest follows, and the socket keeps it current. */
export function useInstances() {
  const browser = useBrowser();
  return useQuery({ queryKey: keys.instances, queryFn: ({ signal }) => fetchEvery(browser, signal) });
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

/** Pages small enough that reading one holds up no click. */
async function fetchEvery({ queries, journal }: Browser, signal: AbortSignal): Promise<InstanceList> {
  const since = performance.now();
  const merge = (fetched: Instance[]) => {
    const known = queries.getQueryData<InstanceList>(keys.instances);
    return { known, items: journal.reconcile(known?.items, fetched, since) };
  };
  const fetched = await readPages(
    (cursor) => request('listInstances', { query: { limit: cursor === undefined ? 100 : 300, ...(cursor && { cursor }) }, signal }),
    (soFar, total) => {
      const { known, items } = merge(soFar);
      if (known === undefined || !known.complete) queries.setQueryData<InstanceList>(keys.instances, { items, total, complete: false });
    },
  );
  const { items } = merge(fetched);
  return { items, total: items.length, complete: true };
}
