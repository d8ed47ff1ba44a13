import { expect, test } from 'vitest';
import { parseServerLine } from './logs.ts';
import { parseSlowLine } from './slow-log.ts';

test.each([
  ['4711:M 25 Nov 2026 08:48:54.910 * Ready', { atMs: Date.UTC(2026, 10, 25, 8, 48, 54, 910), level: 'info', text: 'Ready' }],
  ['4711:C 01 Jan 2027 00:00:00.001 # Fork failed', { atMs: Date.UTC(2027, 0, 1, 0, 0, 0, 1), level: 'warning', text: 'Fork failed' }],
  ['4711:M 25 Nov 2026 08:48:54.910 - Accepted', { level: 'debug', text: 'Accepted' }],
  ['=== REDIS BUG REPORT START', { atMs: null, level: 'info', text: '=== REDIS BUG REPORT START' }],
])('%s', (line, parsed) => {
  expect(parseServerLine(line)).toMatchObject(parsed);
});

test('a slow command is one line; what is missing is said; a torn line is shown as it is', () => {
  const entry = { id: 7, at: '2026-11-25T08:00:00.000Z', microseconds: 12_345, client: '10.0.0.1:5', command: ['SET', 'a b', 'c\nd'] };
  expect(parseSlowLine(JSON.stringify(entry))).toEqual({
    atMs: Date.parse(entry.at),
    level: 'info',
    text: '12.3 ms · 10.0.0.1:5 · SET a b c\nd',
  });
  expect(parseSlowLine(JSON.stringify({ id: 7, at: entry.at, missing: 12 }))).toMatchObject({
    level: 'warning',
    text: expect.stringContaining('12'),
  });
  expect(parseSlowLine('{"id":7,')).toEqual({ atMs: null, level: 'info', text: '{"id":7,' });
});
