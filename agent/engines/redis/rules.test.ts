import { expect, test } from 'vitest';
import { toRules } from './rules.ts';

const account = (...grants: string[]) => ({ hash: 'f'.repeat(64), grants, enabled: true });

test('rules end with what is taken away, and without a preset there is nothing to take', () => {
  expect(toRules(account(), false)).toEqual([
    'on',
    `#${'f'.repeat(64)}`,
    'resetkeys',
    'resetchannels',
    '-@all',
    '+ping',
    '+auth',
    '+hello',
  ]);
  const stopped = toRules(account('application'), true);
  expect(stopped.indexOf('-@write')).toBeGreaterThan(stopped.indexOf('+@all'));
  expect(stopped).not.toContain('+flushall');
  expect(toRules(account('administrator'), true).lastIndexOf('+flushall')).toBeGreaterThan(stopped.indexOf('-@write'));
});

test('whatever a tenant’s rules say, what belongs to the server is taken away after them, and what they took stays taken', () => {
  const rules = toRules(account('application', '+@all', '-info', '-@keyspace', '+Flushall', '&news:*', '%R~log:*'), false);
  expect(rules.lastIndexOf('-@dangerous')).toBeGreaterThan(rules.lastIndexOf('+@all'));
  expect(rules.slice(rules.lastIndexOf('-acl') + 1).sort()).toEqual(['+flushall', '+sort', '+sort_ro']);
  expect(rules).toEqual(expect.arrayContaining(['%R~log:*', '&news:*']));
  expect(rules).not.toContain('&*');
  expect(rules).not.toContain('~*');
  expect(toRules(account('~*', '%R~a', '+get'), false)).not.toContain('%R~a');
});

test('the strongest preset counts, patterns replace every key, and who is disabled is off', () => {
  const rules = toRules({ ...account('read-only', 'application', '~a:*', '~b:*'), enabled: false }, false);
  expect(rules).toEqual(expect.arrayContaining(['off', '~a:*', '~b:*', '+@all']));
  expect(rules).not.toContain('~*');
});
