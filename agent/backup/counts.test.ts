import { expect, test } from 'vitest';
import { compareCounts, toCounts } from './counts.ts';
import type { Count } from './prover.ts';

const id = '0b9f2d0e-5b8e-4b5c-8a39-54a0c5b2d111';
const count = (tables: Record<string, [rows: number | null, mark: string | null]>): Count => ({
  unit: 'tables',
  things: Object.keys(tables).length,
  each: Object.entries(tables).map(([name, [rows, mark]]) => ({ name, rows, mark })),
});
const compare = (before: Count, after: Count, now: Count) => compareCounts(id, toCounts(id, before, after, 0), now);

test('a table nobody wrote to must have exactly as many rows; of one written to, no number is wrong', () => {
  const before = count({ still: [5, '1'], busy: [100, '1'] });
  const after = count({ still: [5, '1'], busy: [140, '9'] });
  const ask = (still: number, busy: number) => compare(before, after, count({ still: [still, null], busy: [busy, null] })).differences;
  expect(ask(5, 120)).toEqual([]);
  expect(ask(5, 180)).toEqual([]);
  expect(ask(4, 120)).toEqual(['still has 4 rows; it had 5.']);
  expect(ask(5, 0)).toEqual([]);
});

test('a table that is missing is told, by its number when its name is not known any more', () => {
  const then = count({ one: [1, 'a'], two: [2, 'a'] });
  expect(compare(then, then, count({ one: [1, null] })).differences).toEqual([
    '2 tables were in it; there are 1 now.',
    'A table that was in it is missing.',
  ]);
});

test('what was made, dropped, or too large during the copy is not held against it', () => {
  const before = count({ kept: [1, 'a'], dropped: [3, 'a'], large: [null, 'a'] });
  const after = count({ kept: [1, 'a'], made: [7, 'a'], large: [null, 'a'] });
  const found = compare(before, after, count({ kept: [1, null], made: [2, null], large: [9, null] }));
  expect(found).toMatchObject({ differences: [], compared: 1, exact: 1, things: 3, rows: 12 });
});

test('no name of a table is in what is stored', () => {
  expect(JSON.stringify(toCounts(id, count({ salaries: [1, 'a'] }), count({ salaries: [1, 'a'] }), 0))).not.toContain('salaries');
});
