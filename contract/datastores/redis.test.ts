import { expect, test } from 'vitest';
import { redis } from './redis.ts';

const { refuseUser, refuseGrant, refuseDatabase } = redis.names;

test.each(['application', 'read-only', 'administrator', '~cart:*', '~{user}:*', '~"x"'])('%s may be granted', (grant) => {
  expect(refuseGrant(grant)).toBeNull();
});

test.each(['', '~', '~a b', '~a\nuser more on', '+@all', 'allkeys', 'everything', '&*'])('%j may not be granted', (grant) => {
  expect(refuseGrant(grant)).toMatch(/\.$/);
});

test.each(['a b', 'a\nuser more on nopass +@all', 'default', 'root', 'guestboard_admin', ''])('%j is no name of a user', (name) => {
  expect(refuseUser(name)).toMatch(/\.$/);
});

test('names that other rules of Redis begin like are names all the same; no database is made', () => {
  for (const name of ['on', '+@all', '~*', '>x', '#', 'nopass', '数据库']) expect(refuseUser(name)).toBeNull();
  expect(refuseDatabase()).toMatch(/numbered/);
});
