import { expect, test } from 'vitest';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { withPresentUse } from './group-use.ts';

const at = '2026-01-01T00:00:00.000Z';
const group: ConfigurationGroup = {
  id: 'tuned',
  revision: 1,
  projectId: 'p',
  name: 'tuned',
  datastore: 'postgresql',
  values: {},
  instanceIds: ['gone'],
  createdAt: at,
  updatedAt: at,
};
const instance = (id: string, configurationGroupId: string | null) => ({ id, configurationGroupId }) as Instance;

test('an instance that took the group since it was fetched is among its instances, one that left it is not', () => {
  const items = [instance('came', 'tuned'), instance('gone', null), instance('other', 'slow')];
  expect(withPresentUse(group, { items, total: 3, complete: true }).instanceIds).toEqual(['came']);
});

test('while instances are still being fetched the group’s own list stands', () => {
  expect(withPresentUse(group, { items: [instance('came', 'tuned')], total: 900, complete: false }).instanceIds).toEqual(['gone']);
  expect(withPresentUse(group, undefined).instanceIds).toEqual(['gone']);
});
