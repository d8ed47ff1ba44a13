import { expect, test } from 'vitest';
import { isPlainClick } from './plain-click.ts';

const plain = { button: 0, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false };

test('a click that asks the browser for a tab, a window or a download is left to it', () => {
  expect(isPlainClick(plain)).toBe(true);
  for (const asked of [{ button: 1 }, { metaKey: true }, { ctrlKey: true }, { shiftKey: true }, { altKey: true }])
    expect(isPlainClick({ ...plain, ...asked })).toBe(false);
});
