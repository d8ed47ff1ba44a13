import { expect, test } from 'vitest';
import { Grant, refuseLevels, toGrants, toLevels } from './grants.ts';

test('a name alone is full, as it always was, and is what full is said with', () => {
  const grants = ['shop', { database: 'stock', level: 'read-only' as const }];
  expect([...toLevels(grants)]).toEqual([
    ['shop', 'full'],
    ['stock', 'read-only'],
  ]);
  expect(toGrants(toLevels(grants))).toEqual(grants);
  expect(toGrants(toLevels([{ database: 'shop', level: 'full' }]))).toEqual(['shop']);
});

test('of several grants on one database the highest counts, in any order', () => {
  const [low, high] = [
    { database: 'shop', level: 'read-only' as const },
    { database: 'shop', level: 'read-write' as const },
  ];
  for (const grants of [
    [low, high],
    [high, low],
  ])
    expect(toGrants(toLevels(grants))).toEqual([high]);
  expect(toGrants(toLevels([low, 'shop', high]))).toEqual(['shop']);
});

test('a database’s name is held to the rules in both ways of saying it', () => {
  for (const name of ['', 'x'.repeat(64), 'a\0b']) {
    expect(Grant.safeParse(name).success).toBe(false);
    expect(Grant.safeParse({ database: name, level: 'full' }).success).toBe(false);
  }
  expect(Grant.safeParse({ database: 'shop', level: 'owner' }).success).toBe(false);
});

test('presets have no levels', () => {
  expect(refuseLevels('Redis', ['application', '~cart:*'])).toBeNull();
  expect(refuseLevels('Redis', [{ database: 'application', level: 'full' }])).toMatch(/no levels/);
});
