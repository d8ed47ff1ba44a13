import { expect, test } from 'vitest';
import { hashPassword as hashForMysql, isHashOf } from './dialects/mysql-hash.ts';
import { hashPassword } from './password-hash.ts';
import { shaCrypt } from './sha-crypt.ts';
import { fromPattern, quoteAccount, quoteName, quoteOption, quotePattern, quoteText, toPattern } from './sql.ts';

test('names', () => {
  expect(quoteName('a`b; drop--')).toBe('`a``b; drop--`');
  for (const name of ['', 'a\0b']) expect(() => quoteName(name)).toThrow();
});

test.each(['a_b', '100%', 'back\\slash', '\\_', '\\\\%_'])('the pattern of %j means it alone, and reads back', (name) => {
  expect(fromPattern(toPattern(name))).toBe(name);
  expect(toPattern(name).replaceAll(/\\[\\_%]/g, '')).not.toMatch(/[\\_%]/);
});

test('patterns, texts and accounts', () => {
  expect(quotePattern('a_b')).toBe('`a\\_b`');
  expect(quoteText("it's \\ it")).toBe("'it''s \\\\ it'");
  expect(quoteAccount({ user: "o'neil", host: '10.0.0.0/255.0.0.0' })).toBe("'o''neil'@'10.0.0.0/255.0.0.0'");
  expect(() => quoteText('a\0b')).toThrow();
});

test('options are one line without a way out of their quotes', () => {
  expect(quoteOption('/a b\\c#d')).toBe('"/a b\\\\c#d"');
  for (const value of ['a\nb', 'a\rb', 'a\0b', 'a"b']) expect(() => quoteOption(value)).toThrow();
});

test('the hash MariaDB itself makes of a password', () => {
  // Taken from a server: SELECT PASSWORD('password').
  expect(hashPassword('password')).toBe('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19');
});

test('SHA-crypt as its author’s own vectors have it', () => {
  expect(shaCrypt('Hello world!', 'saltstring', 5000)).toBe('5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5');
  expect(shaCrypt('Hello world!', 'saltstringsaltst', 10_000)).toBe('3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA');
});

test('MySQL’s hashes differ each time, and each knows its password and no other', () => {
  const [one, other] = [hashForMysql('Nürnberg-12'), hashForMysql('Nürnberg-12')];
  expect(one).toMatch(/^\$A\$005\$[./0-9A-Za-z]{63}$/);
  expect(one).not.toBe(other);
  expect([isHashOf(one, 'Nürnberg-12'), isHashOf(other, 'Nürnberg-12'), isHashOf(one, 'nürnberg-12'), isHashOf('', '')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
