import { expect, test } from 'vitest';
import { toHosts } from './hosts.ts';

test('networks become the hosts an account may come from', () => {
  expect(toHosts(['10.1.2.3/8', '192.168.1.7/32', '172.16.0.0/12', '203.0.113.77/25', '::1/128', '2001:DB8:0::1/128'])).toEqual([
    '10.0.0.0/255.0.0.0',
    '192.168.1.7',
    '172.16.0.0/255.240.0.0',
    '203.0.113.0/255.255.255.128',
    '::1',
    '2001:db8::1',
  ]);
});

test('everybody is everybody, once', () => {
  expect(toHosts(['0.0.0.0/0', '::/0'])).toEqual(['%']);
});

test('a network that cannot be said is refused, not opened wider', () => {
  expect(() => toHosts(['fd00::/8'])).toThrow(/fd00::\/8/);
});
