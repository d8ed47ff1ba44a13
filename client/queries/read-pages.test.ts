import { expect, test } from 'vitest';
import { readPages } from './read-pages.ts';

test('a list longer than a page is read to its end, and shown from the first page on', async () => {
  const pages: Record<string, { items: number[]; next: string | null; total: number }> = {
    first: { items: [1, 2], next: 'b', total: 5 },
    b: { items: [3, 4], next: 'c', total: 5 },
    c: { items: [5], next: null, total: 5 },
  };
  const seen: number[][] = [];
  const read = async (cursor = 'first') => pages[cursor] ?? { items: [], next: null, total: 0 };
  expect(await readPages(read, (items) => seen.push(items))).toEqual([1, 2, 3, 4, 5]);
  expect(seen).toEqual([
    [1, 2],
    [1, 2, 3, 4],
  ]);
});
