import { expect, test } from 'vitest';
import type { LogLine } from '#contract/resources/log.ts';
import { createLogBuffer } from './log-buffer.ts';

function linesFrom(first: number, count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => ({
    position: `log:${first + index}`,
    at: null,
    level: 'info' as const,
    text: `line ${first + index}`,
    truncated: false,
  }));
}
const positions = (lines: readonly LogLine[]) => lines.map((line) => Number(line.position.slice(4)));
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

test('a line delivered twice is shown once', () => {
  const buffer = createLogBuffer();
  buffer.replace({ lines: linesFrom(0, 3), before: null, after: null }, true);
  buffer.append(linesFrom(2, 3));
  expect(positions(buffer.getView().lines)).toEqual(range(0, 5));
});

test('paused, every line is kept and counted; following again clears the count', () => {
  const buffer = createLogBuffer();
  buffer.replace({ lines: linesFrom(0, 2), before: null, after: null }, true);
  buffer.setFollowing(false);
  for (let first = 2; first < 1002; first += 100) buffer.append(linesFrom(first, 100));
  expect(buffer.getView()).toMatchObject({ following: false, pending: 1000 });
  expect(positions(buffer.getView().lines)).toEqual(range(0, 1002));
  buffer.setFollowing(true);
  expect(buffer.getView().pending).toBe(0);
});

test('paused beyond memory, lines are counted and read again later without a hole', () => {
  const buffer = createLogBuffer({ keep: 10, most: 20 });
  buffer.replace({ lines: linesFrom(0, 10), before: null, after: null }, true);
  buffer.setFollowing(false);
  buffer.append(linesFrom(10, 8));
  buffer.append(linesFrom(18, 8));
  buffer.append(linesFrom(26, 4));
  expect(buffer.getView()).toMatchObject({ after: 'log:17', pending: 20 });
  expect(positions(buffer.getView().lines)).toEqual(range(0, 18));
  buffer.extend({ lines: linesFrom(18, 12), before: null, after: null });
  expect(buffer.getView()).toMatchObject({ after: null, pending: 0 });
  expect(positions(buffer.getView().lines)).toEqual(range(0, 30));
});

test('following forgets the oldest and says where to read them', () => {
  const buffer = createLogBuffer({ keep: 10, most: 20 });
  buffer.replace({ lines: linesFrom(0, 10), before: null, after: null }, true);
  buffer.append(linesFrom(10, 3));
  expect(buffer.getView().before).toBe('log:3');
  expect(positions(buffer.getView().lines)).toEqual(range(3, 10));
  buffer.prepend({ lines: linesFrom(0, 3), before: null, after: 'log:3' });
  expect(positions(buffer.getView().lines)).toEqual(range(0, 13));
});
