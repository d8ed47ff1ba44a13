import { expect, test } from 'vitest';
import { operations } from '#contract/operations/index.ts';
import { listRounds } from './kill-cases.testsuite.ts';
import { testKillPoints } from './kill-points.testsuite.ts';

test('the cases name every step of every operation at every place', () => {
  const named = new Set(listRounds(1).flatMap(({ kills }) => kills.map(({ operation, step, place }) => `${operation}/${step}:${place}`)));
  const all = Object.entries(operations).flatMap(([name, { steps }]) =>
    steps.flatMap((step) => ['before', 'between', 'after'].map((place) => `${name}/${step}:${place}`)),
  );
  expect([...named].sort()).toEqual(all.sort());
});

testKillPoints('guest');
