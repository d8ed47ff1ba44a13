import { expect, test } from 'vitest';
import { type Action, type Actor, actions, explainDenial, may, ProjectRole } from './may.ts';

const own = { projectId: 'own' };
const foreign = { projectId: 'foreign' };
const actor = (role: ProjectRole | null, operator = false): Actor => ({
  accountId: 'a',
  name: 'A',
  operator,
  memberships: role === null ? [] : [{ projectId: 'own', role }],
  tokenId: null,
});
const every = Object.keys(actions) as Action[];

test('nobody may do nothing', () => {
  expect(every.filter((action) => may(null, action, own))).toEqual([]);
});

test('an operator may do everything everywhere', () => {
  expect(every.filter((action) => !may(actor(null, true), action, foreign))).toEqual([]);
});

test.each(ProjectRole.options)('a foreign project is closed to its %s', (role) => {
  const open = every.filter((action) => may(actor(role), action, foreign));
  expect(open.every((action) => actions[action] === 'self')).toBe(true);
});

test('each role may what the one below may, and something more', () => {
  const [viewer, member, admin] = (['viewer', 'member', 'admin'] as const).map((role) =>
    every.filter((action) => may(actor(role), action, own)),
  );
  expect(viewer?.every((action) => member?.includes(action))).toBe(true);
  expect(member?.every((action) => admin?.includes(action))).toBe(true);
  expect([viewer, member, admin].map((open) => open?.length)).toEqual([...new Set([viewer?.length, member?.length, admin?.length])]);
});

test('a viewer changes nothing', () => {
  const open = every.filter((action) => may(actor('viewer'), action, own) && actions[action] !== 'self');
  expect(open.filter((action) => !action.endsWith('.read'))).toEqual([]);
});

test('a denial has a sentence exactly where may() says no', () => {
  for (const action of every) {
    expect(explainDenial(actor('viewer'), action, own) === null).toBe(may(actor('viewer'), action, own));
  }
});
