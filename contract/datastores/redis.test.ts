import { expect, test } from 'vitest';
import { redis } from './redis.ts';
import { redisDetails } from './redis-details.ts';

const { refuseUser, refuseGrant, refuseDatabase } = redis.names;
const { toGrant } = redisDetails.rules;

test.each([
  ...['application', 'read-only', 'administrator', '~cart:*', '~{user}:*', '~"x"', '%R~log:*', '%W~a', '%RW~*', '&*', '&news:*'],
  ...['+get', '-DEL', '+@hash', '-@all', '+client|id', '+slowlog|get', '+json.get', '+@all', '-config'],
])('%s may be granted', (grant) => {
  expect(refuseGrant(grant)).toBeNull();
});

test.each([
  ...[
    '',
    '~',
    '~a b',
    '~a\nuser more on',
    'allkeys',
    'everything',
    '&',
    '%R~',
    '%X~a',
    '%~a',
    '+',
    '+@',
    '-',
    '+a b',
    '(~a',
    '(~a +get)',
    ')',
  ],
  ...[
    'nopass',
    '>x',
    '#x',
    'reset',
    'allcommands',
    '+@admin',
    '+@dangerous',
    '+@Dangerous',
    '+config',
    '+CONFIG|set',
    '+acl|whoami',
    '+debug',
  ],
  ...['+shutdown', '+replicaof', '+module|load', '+get\n', '+get +config'],
])('%j may not be granted', (grant) => {
  expect(refuseGrant(grant)).toMatch(/\.$/);
});

test('what bears no mark is a pattern of keys, but no word of the server’s own', () => {
  for (const typed of ['visit', 'cart:*', '*', '{user}:1', 'online', '[ab]']) expect(toGrant(typed)).toBe(`~${typed}`);
  for (const rule of ['~a', '%R~a', '&b', '+get', '-@all']) expect(toGrant(rule)).toBe(rule);
  for (const typed of ['nopass', 'on', 'allkeys', 'resetpass', 'ALLCOMMANDS', '>secret', '#00', '(+get'])
    expect(refuseGrant(toGrant(typed)), typed).toMatch(/^\S+ is neither/);
});

test.each(['a b', 'a\nuser more on nopass +@all', 'default', 'root', 'guestboard_admin', ''])('%j is no name of a user', (name) => {
  expect(refuseUser(name)).toMatch(/\.$/);
});

test('names that other rules of Redis begin like are names all the same; no database is made', () => {
  for (const name of ['on', '+@all', '~*', '>x', '#', 'nopass', '数据库']) expect(refuseUser(name)).toBeNull();
  expect(refuseDatabase()).toMatch(/numbered/);
});
