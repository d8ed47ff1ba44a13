import { expect, test } from 'vitest';
import { listApplied } from './applied-values.ts';

test('what an instance was given stands beside what the group says now, also where one of them has none', () => {
  expect(listApplied({ same: 1, changed: 2, added: true }, { taken: 'out', changed: 1, same: 1 })).toEqual([
    { key: 'same', applied: 1, wanted: 1 },
    { key: 'changed', applied: 1, wanted: 2 },
    { key: 'added', applied: undefined, wanted: true },
    { key: 'taken', applied: 'out', wanted: undefined },
  ]);
});

test('where nothing was written down nothing is said to differ', () => {
  expect(listApplied({ same: 1 }, null)).toEqual([{ key: 'same', applied: 1, wanted: 1 }]);
});
