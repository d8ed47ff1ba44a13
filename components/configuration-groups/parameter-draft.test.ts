import { expect, test } from 'vitest';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { countChanges, readDraft, toDraft } from './parameter-draft.ts';

const postgresql = getDetailedDatastore('postgresql');

test('typed text becomes values of the parameter’s type', () => {
  const { values, faults } = readDraft(postgresql, {
    work_mem: '16 384',
    log_lock_waits: 'false',
    random_page_cost: '1.1',
    timezone: 'UTC',
  });
  expect(values).toEqual({ work_mem: 16384, log_lock_waits: false, random_page_cost: 1.1, timezone: 'UTC' });
  expect(faults).toEqual({});
});

test('what the datastore would not take says why, and an unknown parameter is denied', () => {
  const { faults } = readDraft(postgresql, {
    work_mem: '1',
    max_connections: 'many',
    statement_timeout: '',
    shared_preload_libraries: 'x',
  });
  expect(Object.keys(faults)).toEqual(['work_mem', 'max_connections', 'statement_timeout', 'shared_preload_libraries']);
});

test('a draft of saved values has no changes; adding, changing and removing count', () => {
  const saved = toDraft({ work_mem: 64, log_lock_waits: true });
  expect(countChanges(saved, toDraft({ log_lock_waits: true, work_mem: 64 }))).toBe(0);
  expect(countChanges(saved, { work_mem: '65', timezone: 'UTC' })).toBe(3);
});
