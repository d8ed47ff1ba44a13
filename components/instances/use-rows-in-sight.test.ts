import { expect, test } from 'vitest';
import { toRange } from './use-rows-in-sight.ts';

test('wherever the page is scrolled to, every row on the screen is there, and few others', () => {
  for (const height of [36, 44, 60])
    for (let top = 500; top > -60_000; top -= 13) {
      const { first, end } = toRange(top, height, 900);
      // The rows whose lower edge is below the screen's upper one, and whose upper edge is above its lower one.
      expect(first).toBeLessThanOrEqual(Math.max(0, Math.floor(-top / height)));
      expect(end).toBeGreaterThanOrEqual(Math.ceil((900 - top) / height));
      expect(first).toBeGreaterThanOrEqual(0);
      expect(end - first).toBeLessThan(900 / height + 30);
    }
});

test('a scroll within a few rows changes nothing', () => {
  expect(toRange(-4400, 44, 900)).toEqual(toRange(-4410, 44, 900));
});
