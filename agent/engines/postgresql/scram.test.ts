import { expect, test } from 'vitest';
import { createVerifier, matchesVerifier } from './scram.ts';

test('the verifier PostgreSQL itself makes of a password and a salt', async () => {
  // Taken from a server: ALTER ROLE … PASSWORD 'pencil', then SELECT rolpassword FROM pg_authid.
  expect(await createVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('two verifiers of one password differ, and both match it alone', async () => {
  const [one, two] = [await createVerifier('Correct-horse-7'), await createVerifier('Correct-horse-7')];
  expect(one).not.toBe(two);
  expect(await matchesVerifier('Correct-horse-7', one)).toBe(true);
  expect(await matchesVerifier('correct-horse-7', one)).toBe(false);
  expect(await matchesVerifier('x', 'md5abc')).toBe(false);
});

test('characters every client replaces alike are replaced, so that both spellings are one password', async () => {
  expect(await matchesVerifier('Nürnberg 1', await createVerifier('Nu\u0308rnberg\u00a01'))).toBe(true);
});

test.each(['ab\u200bcd', '\u00ad', 'ﷺ and more', '①数据'])('%j, which clients read differently, is refused', async (password) => {
  await expect(createVerifier(password)).rejects.toMatchObject({ code: 'invalid-input', field: 'password' });
});

test.each(['Größe-7-ß', '数据库密码很长很长', '🐘🐘🐘🐘', 'naïve "quotes\' \\'])(
  '%j, which no client changes, is taken',
  async (password) => {
    expect(await createVerifier(password)).toMatch(/^SCRAM-SHA-256\$4096:/);
  },
);
