import { expect, test } from 'vitest';
import { nameCommandKey } from './command-key.ts';

test.each([
  ['MacIntel', '⌘'],
  ['iPad', '⌘'],
  ['Linux x86_64', 'Ctrl'],
  ['Win32', 'Ctrl'],
  ['', 'Ctrl'],
])('on %o the key beside K is %s', (platform, key) => {
  expect(nameCommandKey(platform)).toBe(key);
});
