import { expect, test } from 'vitest';
import { createOutages } from './outages.ts';

type Seen = [atMs: number, processState: Parameters<ReturnType<typeof createOutages>['note']>[0]['processState'], isQuiet?: boolean];

function tell(...seen: Seen[]): string[] {
  const told: string[] = [];
  let nowMs = 0;
  const event = ({ sentence, atMs }: { sentence: string; atMs?: number }) => told.push(`${atMs ?? nowMs}: ${sentence}`);
  const outages = createOutages({ now: () => nowMs, event, patienceMs: 3000 });
  for (const [atMs, processState, isQuiet = true] of seen) {
    nowMs = atMs;
    outages.note({ processState, lastError: null }, isQuiet);
  }
  return told;
}

test('an outage is told once, with the moment it began, and its end with how long it was', () => {
  const seen: Seen[] = [
    [1000, 'running'],
    [2000, 'not-answering'],
    [4000, 'not-answering'],
    [5000, 'not-answering'],
  ];
  const began = '2000: The database process exists but does not answer.';
  expect(tell(...seen)).toEqual([began]);
  expect(tell(...seen, [9000, 'not-answering'], [10_000, 'starting'], [14_000, 'running'], [15_000, 'running'])).toEqual([
    began,
    '14000: The database answers again. It had not answered for 12 s.',
  ]);
});

test('a slow answer is none, nor what a start, a stop or a crash does, which have events of their own', () => {
  expect(tell([0, 'not-answering'], [2000, 'not-answering'], [2500, 'running'], [9000, 'not-answering'])).toEqual([]);
  expect(tell([0, 'not-answering', false], [9000, 'not-answering', false], [9500, 'running'])).toEqual([]);
  expect(tell([0, 'not-answering'], [3000, 'not-answering'], [4000, 'crashed'], [5000, 'running'])).toHaveLength(1);
});
