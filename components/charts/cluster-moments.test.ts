import { expect, test } from 'vitest';
import { clusterSpans } from './cluster-moments.ts';

const cluster = (spans: [number, number][], leastMs: number) =>
  clusterSpans(spans, (span) => span, leastMs).map(({ fromMs, toMs, items }) => [fromMs, toMs, items.length]);

test('spans that overlap, or that are too short to be told apart, are one', () => {
  expect(cluster([], 10)).toEqual([]);
  expect(
    cluster(
      [
        [50, 55],
        [0, 5],
      ],
      10,
    ),
  ).toEqual([
    [0, 10, 1],
    [50, 60, 1],
  ]);
  expect(
    cluster(
      [
        [0, 1],
        [9, 10],
        [18, 19],
        [40, 90],
        [60, 61],
      ],
      10,
    ),
  ).toEqual([
    [0, 28, 3],
    [40, 90, 2],
  ]);
  expect(
    cluster(
      [
        [0, 10],
        [10, 20],
      ],
      10,
    ),
  ).toEqual([
    [0, 10, 1],
    [10, 20, 1],
  ]);
});
