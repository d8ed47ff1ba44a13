type PageOf<T> = { items: T[]; next: string | null; total: number };

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
