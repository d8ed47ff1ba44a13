import { expect, it } from 'vitest';
import { formatAge, formatBytes, formatDuration, formatRatio } from './format.ts';

it('writes sizes as engines count them', () => {
  expect([0, 999, 1024, 3_328_599_654, 2 ** 31].map((bytes) => formatBytes(bytes))).toEqual(['0 B', '999 B', '1 kB', '3.1 GB', '2 GB']);
});

it('writes durations with two units and ages with one', () => {
  expect([12, 400, 48_100, 134_000, 11_100_000, 360_000_000].map(formatDuration)).toEqual([
    '12 ms',
    '0.4 s',
    '48 s',
    '2 m 14 s',
    '3 h 5 m',
    '4 d 4 h',
  ]);
  expect([300, 2_460_000, 7_200_000].map(formatAge)).toEqual(['0.3 s', '41 min', '2 h']);
});

it('does not call 99.6 % full', () => {
  expect(formatRatio(0.996)).toBe('99.6 %');
  expect(formatRatio(0.62)).toBe('62 %');
});
