import { expect, test } from 'vitest';
import { chooseRange, listTicks } from './chart-scale.ts';

const MiB = 1024 ** 2;

test('ticks are round in the unit people read', () => {
  expect(listTicks(0, 13, 'per-second')).toEqual([0, 5, 10]);
  expect(listTicks(0, 1, 'ratio')).toEqual([0, 0.5, 1]);
  expect(listTicks(0, 1024 * MiB, 'bytes')).toEqual([0, 512 * MiB, 1024 * MiB]);
  expect(listTicks(0, 1, 'count', 2)).toEqual([0, 0.5, 1]);
});

test('there are never more ticks than a small chart holds', () => {
  for (let power = 0; power < 40; power++)
    for (const unit of ['bytes', 'count'] as const) expect(listTicks(0, 1.37 ** power, unit).length).toBeLessThanOrEqual(4);
});

test('the ceiling is shown once use comes near it', () => {
  const ceiling = { value: 100, title: 'Flavor' };
  expect(chooseRange(0, 50, { ceiling, unit: 'bytes' })).toEqual([0, 104]);
  expect(chooseRange(0, 2, { ceiling, unit: 'bytes' })).toEqual([0, 2 * 1.15]);
  expect(chooseRange(0, 120, { ceiling, unit: 'bytes' })).toEqual([0, 120 * 1.04]);
  expect(chooseRange(null, null, { ceiling: null, unit: 'per-second' })).toEqual([0, 1]);
});

test('a ratio near one is looked at closely, a poor one as a whole', () => {
  const ratio = { ceiling: null, unit: 'ratio' } as const;
  expect(chooseRange(0.97, 1, ratio)).toEqual([0.9, 1]);
  expect(chooseRange(0.35, 0.8, ratio)).toEqual([0.3, 1]);
  expect(chooseRange(null, null, ratio)).toEqual([0.9, 1]);
});
