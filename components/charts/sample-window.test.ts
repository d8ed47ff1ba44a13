import { expect, test } from 'vitest';
import type { Sample } from '#contract/resources/sample.ts';
import { mergeSamples, summarise, toTimeline } from './sample-window.ts';

function sampleAt(atMs: number): Sample {
  return { atMs, cpu: 0, memoryBytes: 0, volumeUsedBytes: 0, metrics: {} };
}
const timesOf = (samples: readonly Sample[]) => samples.map((sample) => sample.atMs);

test('a newer sample goes to the end and old ones leave the window', () => {
  expect(timesOf(mergeSamples([1, 2, 3].map(sampleAt), [sampleAt(4)], 2))).toEqual([2, 3, 4]);
});

test('late and repeated samples find their place once', () => {
  expect(timesOf(mergeSamples([1, 3].map(sampleAt), [2, 3, 4].map(sampleAt), 0))).toEqual([1, 2, 3, 4]);
});

test('a window that has passed altogether is empty', () => {
  expect(mergeSamples([sampleAt(1)], [], 5)).toEqual([]);
});

test('silence breaks the line', () => {
  const { times, rows } = toTimeline([0, 1000, 9000].map(sampleAt), 3000);
  expect(times).toEqual([0, 1, 5, 9]);
  expect(rows.map((row) => row?.atMs ?? null)).toEqual([0, 1000, null, 9000]);
});

test('a summary leaves out what was not measured', () => {
  expect(summarise([null, 1, undefined, 3, null])).toEqual({ last: 3, lowest: 1, highest: 3, mean: 2 });
  expect(summarise([null, undefined])).toBeNull();
});
