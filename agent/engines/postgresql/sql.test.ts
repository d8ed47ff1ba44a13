import { expect, test } from 'vitest';
import { quoteName, quoteSetting, quoteText } from './sql.ts';

test('names', () => {
  expect(quoteName('a"b; drop--')).toBe('"a""b; drop--"');
  expect(quoteName('x'.repeat(63))).toHaveLength(65);
  for (const name of ['', 'a\0b', 'x'.repeat(64), 'ü'.repeat(32)]) expect(() => quoteName(name)).toThrow();
});

test('texts', () => {
  expect(quoteText("it's")).toBe("'it''s'");
  expect(quoteText("back\\slash'")).toBe(" E'back\\\\slash'''");
  expect(() => quoteText('a\0b')).toThrow();
});

test('settings are one line', () => {
  expect(quoteSetting("it's \\ it")).toBe("'it''s \\\\ it'");
  for (const value of ['a\nb', 'a\rb', 'a\0b']) expect(() => quoteSetting(value)).toThrow();
});
