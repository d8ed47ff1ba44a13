import type { QueryKey } from '@tanstack/react-query';
import type { Browser } from '../browser.ts';

type PageOf<T> = { items: T[]; next: string | null; total: number };
/** `complete`: read to its end; before, `total` says how many there are. */
export type WholeList<T> = { items: T[]; total: number; complete: boolean };

/** Reads a list to its end, page by page; `seen` is told what is there so far while more is to come. */
export async function readPages<T>(
  read: (cursor: string | undefined) => Promise<PageOf<T>>,
  seen: (items: T[], total: number) => void,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
    seen([...items], page.total);
  }
}

/** The list of a query, read to its end; where nothing whole is known of it, what is there so far shows at once. */
export async function fetchWhole<T extends { id: string; revision: number }>(
  { queries, journal }: Pick<Browser, 'queries' | 'journal'>,
  key: QueryKey,
  read: (cursor: string | undefined) => Promise<PageOf<T>>,
): Promise<WholeList<T>> {
  const since = performance.now();
  const known = () => queries.getQueryData<WholeList<T>>(key);
  const reconcile = (fetched: T[]) => journal.reconcile(known()?.items, fetched, since);
  const fetched = await readPages(read, (soFar, total) => {
    if (known()?.complete) return;
    queries.setQueryData<WholeList<T>>(key, { items: reconcile(soFar), total, complete: false });
  });
  const items = reconcile(fetched);
  return { items, total: items.length, complete: true };
}
