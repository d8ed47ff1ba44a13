import { expect, test } from 'vitest';
import { findSwitch } from './history.ts';
import { parsePosition } from './wal-position.ts';

test('positions count bytes', () => {
  expect(parsePosition('0/0')).toBe(0n);
  expect(parsePosition('1/0')).toBe(2n ** 32n);
  expect(parsePosition('16/B374D848') - parsePosition('16/B374D847')).toBe(1n);
});

test('where a timeline was left', () => {
  const history = '1\t0/3000060\tno recovery target specified\n\n2\t1/5000148\tno recovery target specified\n';
  expect(findSwitch(history, 1)).toBe(parsePosition('0/3000060'));
  expect(findSwitch(history, 2)).toBe(parsePosition('1/5000148'));
  expect(findSwitch(history, 3)).toBeNull();
  expect(findSwitch('', 1)).toBeNull();
});
