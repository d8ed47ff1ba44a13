import { expect, test } from 'vitest';
import { describeLeft } from './quota-text.ts';

test('what is left is said of what is limited, and never below nothing', () => {
  const quotas = [
    { resource: 'instances', used: 9, limit: 10, ceiling: null },
    { resource: 'ram', used: 3 * 2 ** 30, limit: 2 ** 30, ceiling: null },
    { resource: 'volumes', used: 0, limit: null, ceiling: null },
    { resource: 'backups', used: 0, limit: 2, ceiling: null },
  ] as const;
  expect(describeLeft(quotas, ['instances', 'ram', 'volumes'])).toBe('1 instance · 0 B memory');
  expect(describeLeft(quotas, ['volumes'])).toBeNull();
});
