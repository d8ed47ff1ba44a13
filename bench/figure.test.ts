import { describe, expect, it } from 'vitest';
import { type Figure, isMet, median, percentile } from './figure.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is a value that was measured, by nearest rank', () => {
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
    expect(median(hundred)).toBe(50);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('takes the worst of a few', () => {
    expect(percentile([5, 900, 7], 99)).toBe(900);
  });

  it('is not a number when nothing was measured, and then meets no bar', () => {
    expect(percentile([], 50)).toBeNaN();
    expect(isMet({ value: Number.NaN, bar: { atMost: 1 } } as Figure)).toBe(false);
    expect(isMet({ value: Number.NaN, bar: { atLeast: 1 } } as Figure)).toBe(false);
  });
});

describe('isMet', () => {
  it('compares in the direction of the bar', () => {
    expect(isMet({ value: 4, bar: { atMost: 4 } } as Figure)).toBe(true);
    expect(isMet({ value: 4.1, bar: { atMost: 4 } } as Figure)).toBe(false);
    expect(isMet({ value: 999, bar: { atLeast: 1000 } } as Figure)).toBe(false);
  });
});
