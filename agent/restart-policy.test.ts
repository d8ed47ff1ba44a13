import { expect, test } from 'vitest';
import { forgetOldCrashes, restartDelayMs } from './restart-policy.ts';

test('restarts at once, then after growing pauses, five times in ten minutes and no more', () => {
  expect([1, 2, 3, 4, 5, 6].map(restartDelayMs)).toEqual([0, 1000, 4000, 15_000, 60_000, null]);
});

test('a crash counts for ten minutes', () => {
  expect(forgetOldCrashes([0, 1, 300_000], 600_000)).toEqual([1, 300_000]);
});
