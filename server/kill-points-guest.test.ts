import { expect, test } from 'vitest';
import { type OperationName, operations } from '#contract/operations/index.ts';
import { listPlaces, listRounds } from './kill-cases.testsuite.ts';
import { testKillPoints } from './kill-points.testsuite.ts';

test('the cases name every step of every operation at every place', () => {
  // One seed is enough for all but the long ones.
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  const named = new Set(
    seeds
      .flatMap(listRounds)
      .flatMap(({ passes }) => passes.flatMap(({ kills }) => kills.map(({ operation, step, place }) => `${operation}/${step}:${place}`))),
  );
  const names = Object.keys(operations) as OperationName[];
  const all = names.flatMap(listPlaces).map(({ operation, step, place }) => `${operation}/${step}:${place}`);
  expect([...named].sort()).toEqual(all.sort());
});

testKillPoints('guest');
