import { expect, test } from 'vitest';
import { together } from './loaded.tsx';

const asked = (data: unknown, error: Error | null = null) => {
  const again: number[] = [];
  return { query: { data, error, refetch: () => again.push(1) }, again };
};

test('several that are asked for are there when all are; what failed and is not there is asked again, nothing else', () => {
  const [here, waiting, failed, stale] = [asked([]), asked(undefined), asked(undefined, new Error('away')), asked([], new Error('away'))];
  expect(together(here.query, stale.query)).toMatchObject({ data: true, error: null });
  expect(together(here.query, waiting.query)).toMatchObject({ data: undefined, error: null });
  const query = together(here.query, waiting.query, failed.query, stale.query);
  expect(query).toMatchObject({ data: undefined, error: { message: 'away' } });
  query.refetch();
  expect([here, waiting, failed, stale].map(({ again }) => again.length)).toEqual([0, 0, 1, 0]);
});
