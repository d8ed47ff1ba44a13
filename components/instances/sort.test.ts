import { expect, it } from 'vitest';
import type { Seen } from './filter.ts';
import { parseSort, toLines } from './sort.ts';
import { tidyListQuery } from './tidy-list-query.ts';

const row = (name: string, tone: Seen['health']['tone'], sourceId: string | null = null) =>
  ({ instance: { id: name, name, sourceId }, health: { tone, label: tone, sentence: '' }, projectName: '' }) as unknown as Seen;
const names = (rows: Seen[], sort: string) =>
  toLines(rows, parseSort(sort)).map((line) => `${line.indented ? '>' : ''}${line.instance.name}`);

it('puts a set where its worst member belongs, replicas under their source', () => {
  const rows = [row('a', 'healthy'), row('b', 'healthy'), row('b-replica', 'broken', 'b'), row('c', 'attention')];
  expect(names(rows, 'problems')).toEqual(['b', '>b-replica', 'c', 'a']);
});

it('lets a replica stand alone when its source is filtered out', () => {
  expect(names([row('b-replica', 'healthy', 'b'), row('a', 'healthy')], 'name')).toEqual(['a', 'b-replica']);
});

it('sorts down with a minus and falls back to problems', () => {
  expect(names([row('a', 'healthy'), row('b', 'healthy')], '-name')).toEqual(['b', 'a']);
  expect(parseSort('nonsense')).toEqual({ key: 'problems', down: false });
});

it('is read in any case, and a sort that there is none of is not kept in the address', () => {
  expect(parseSort('-NAME')).toEqual({ key: 'name', down: true });
  expect(tidyListQuery('sort=-Name&Q=State:FAILED')).toBe('q=State%3AFAILED&sort=-name');
  expect(tidyListQuery('sort=colour&state=failed')).toBe('');
});
