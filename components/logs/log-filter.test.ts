import { expect, test } from 'vitest';
import type { LogLine } from '#contract/resources/log.ts';
import { isFiltered, matchesFilter, readLogFilter, toLogQuery, writeLogFilter } from './log-filter.ts';

const read = (query: string) => readLogFilter(new URLSearchParams(query));
const line: LogLine = {
  position: 'a:1',
  at: '2026-11-23T08:00:00.000Z',
  level: 'error',
  text: 'Could not open relation',
  truncated: false,
};

test('the URL holds the whole filter and gives it back', () => {
  const filter = read('log=postgresql.log&text=100%25+%26+%22x%22&levels=fatal,error&from=2026-11-23T08:00:00Z');
  expect(filter).toMatchObject({
    name: 'postgresql.log',
    text: '100% & "x"',
    levels: ['error', 'fatal'],
    from: '2026-11-23T08:00:00.000Z',
  });
  expect(read(writeLogFilter(filter))).toEqual(filter);
});

test('nonsense in the URL is no filter', () => {
  expect(isFiltered(read('levels=loud&range=ever&from=yesterday&to=&range=__proto__'))).toBe(false);
});

test('the URL is read in any case, and says afterwards what is shown', () => {
  expect(writeLogFilter(read('LEVELS=Error,loud&Range=1H&colour=red'))).toBe('levels=error&range=1h');
});

test('"the last …" is counted from now unless exact times are given', () => {
  const now = Date.parse('2026-11-23T09:00:00Z');
  expect(toLogQuery(read('range=1h'), now)).toEqual({ from: '2026-11-23T08:00:00.000Z' });
  expect(toLogQuery(read('range=1h&to=2026-11-22T00:00:00Z'), now)).toEqual({ to: '2026-11-22T00:00:00.000Z' });
});

test('a live line is shown by the rule the agent searches by', () => {
  expect(matchesFilter(line, read('text=RELATION&levels=error'))).toBe(true);
  expect(matchesFilter(line, read('levels=fatal'))).toBe(false);
  expect(matchesFilter(line, read('to=2026-11-23T07:00:00Z'))).toBe(false);
  expect(matchesFilter(line, read('from=2026-11-23T08:30:00Z'))).toBe(false);
});
