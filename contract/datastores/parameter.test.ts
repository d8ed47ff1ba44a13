import { expect, test } from 'vitest';
import { getDetailedDatastore } from './details.ts';
import { refuseParameter, refuseParameters } from './parameter.ts';

const postgresql = getDetailedDatastore('postgresql');

test('values inside type and range are taken', () => {
  expect(refuseParameters(postgresql, { work_mem: 64, log_connections: false, random_page_cost: 1.1, timezone: 'UTC' })).toBeNull();
});

test.each([
  ['work_mem', 63],
  ['work_mem', 64.5],
  ['work_mem', '64'],
  ['max_connections', Number.NaN],
  ['log_connections', 'on'],
  ['default_transaction_isolation', 'dirty'],
  ['timezone', ''],
  ['timezone', "UTC\nshared_preload_libraries = 'x'"],
  ['shared_preload_libraries', 'x'],
  ['__proto__', 1],
  ['constructor', 1],
])('%s = %j is refused with a sentence', (key, value) => {
  expect(refuseParameter(postgresql, key, value)).toMatch(/\.$/);
});
