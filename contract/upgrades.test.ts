import { expect, test } from 'vitest';
import { compareVersions, findMinorUpgrade, listUpgrades, refuseUpgrade } from './upgrades.ts';

const installed = [
  { datastore: 'postgresql', version: '18', full: '18.4' },
  { datastore: 'postgresql', version: '15', full: '15.18' },
  { datastore: 'redis', version: 'valkey-7.2', full: 'valkey-7.2.10' },
] as const;
const instance = (version: string, running: string | null, datastore: 'postgresql' | 'redis' = 'postgresql') =>
  ({ datastore, version, guest: running === null ? null : { version: running } }) as never;

test.each([
  ['15.9', '15.18', -1],
  ['10.11.19', '10.11.19', 0],
  ['18', '15', 1],
  ['18', '18.0', 0],
  ['valkey-7.2.10', '7.2.9', 1],
])('%s against %s', (one, other, sign) => expect(Math.sign(compareVersions(one, other))).toBe(sign));

test.each([
  ['7.0', '8.0', null],
  ['7.0', 'valkey-9.1', null],
  ['valkey-8.1', 'valkey-9.1', null],
  ['8.0', 'valkey-9.1', /Valkey does not read what Redis 8\.0 writes/],
  ['valkey-8.1', '8.2', /Redis does not read what Valkey 8\.1 writes/],
])('Redis %s to %s', (from, to, reason) => {
  const there = [{ datastore: 'redis', version: to, full: `${to}.1` }] as const;
  const said = refuseUpgrade(instance(from, `${from.replace('valkey-', '')}.1`, 'redis'), there, to);
  if (reason === null) expect(said).toBeNull();
  else expect(said).toMatch(reason);
});

test('newer programs of the same version are found by number, not by letter, and only while it is known what runs', () => {
  expect(findMinorUpgrade(instance('15', '15.9'), installed)).toEqual({ running: '15.9', installed: '15.18' });
  expect(findMinorUpgrade(instance('15', '15.18'), installed)).toBeNull();
  expect(findMinorUpgrade(instance('15', null), installed)).toBeNull();
  expect(findMinorUpgrade(instance('valkey-7.2', '7.2.9', 'redis'), installed)).toEqual({ running: '7.2.9', installed: 'valkey-7.2.10' });
});

test('older, unknown and absent versions are refused with a sentence, and so are programs older than what runs', () => {
  expect(refuseUpgrade(instance('18', '18.4'), installed, '15')).toMatch(/^PostgreSQL 15 is older than 18/);
  expect(refuseUpgrade(instance('15', '15.18'), installed, '17')).toMatch(/^This host has no PostgreSQL 17; it has 18, 15\./);
  expect(refuseUpgrade(instance('15', '15.20'), installed, '15')).toMatch(/on this host are older: 15\.18/);
  expect(refuseUpgrade(instance('valkey-7.2', '7.2.10', 'redis'), installed, 'valkey-7.2')).toMatch(/the newest of valkey-7\.2/);
  expect(listUpgrades(instance('18', '18.4'), installed)).toEqual([]);
});
