import { expect, test } from 'vitest';
import { Cidr, DatabaseName, Moment, Name, NewDatabaseName, NewUserName, Password, UserName, Words } from './names.ts';

test.each(['orders-db', 'a', 'x'.repeat(63), '9lives'])('instance name %s is taken', (name) => {
  expect(Name.safeParse(name).success).toBe(true);
});
test.each(['', '-a', 'a-', 'A', 'a_b', 'x'.repeat(64), 'a b', '../etc', 'a\n'])('instance name %j is refused with the rule', (name) => {
  const result = Name.safeParse(name);
  expect(result.success).toBe(false);
  expect(result.error?.issues[0]?.message).toContain('lower-case');
});
test.each(['a"b; drop--', 'größe', 'データ', 'x'.repeat(63), "o'hara", 'a b'])(
  'hostile name %j goes through to the engine’s quoting',
  (name) => {
    expect(DatabaseName.safeParse(name).success).toBe(true);
    expect(UserName.safeParse(name).success).toBe(true);
  },
);
test.each(['', 'x'.repeat(64), 'é'.repeat(32), 'a\u0000b', 'a\nb'])('name %j inside a database is refused', (name) => {
  expect(DatabaseName.safeParse(name).success).toBe(false);
});
test.each(['guestboard_admin', 'Guestboard'])('user %s is reserved', (name) => {
  expect(UserName.safeParse(name).success).toBe(false);
});
test.each([0x200b, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0x2028, 0xfeff, 0x85])(
  'U+%s is refused in what is made, with the rule',
  (code) => {
    const name = `ord${String.fromCodePoint(code)}ers`;
    for (const made of [NewDatabaseName, NewUserName, Words])
      expect(made.safeParse(name).error?.issues[0]?.message).toMatch(/^Leave out invisible characters .* direction of writing/);
    expect(Name.safeParse(name).success).toBe(false);
    // What another program made can still be dropped.
    expect(DatabaseName.safeParse(name).success).toBe(true);
  },
);
test('words in any writing are taken', () => {
  for (const words of ['Größe – データ', 'טקסט', 'نص', 'a 🙂 b']) expect(Words.parse(` ${words} `)).toBe(words);
});
test('passwords have a length and no control characters', () => {
  expect(Password.safeParse('short').success).toBe(false);
  expect(Password.safeParse('long enough, with spaces').success).toBe(true);
  expect(Password.safeParse('long enough\nwith a break').success).toBe(false);
});
test('a network is a CIDR of either family', () => {
  expect(Cidr.safeParse('10.0.0.0/8').success).toBe(true);
  expect(Cidr.safeParse('::1/128').success).toBe(true);
  expect(Cidr.safeParse('10.0.0.0').success).toBe(false);
  expect(Cidr.safeParse('all').success).toBe(false);
});
test.each([Date.UTC(2026, 10, 28), 8.64e15])('%d is a moment, and a date', (atMs) => {
  expect(new Date(Moment.parse(atMs)).getTime()).toBe(atMs);
});
test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, Number.MAX_SAFE_INTEGER])('%d is no moment', (atMs) => {
  expect(Moment.safeParse(atMs).success).toBe(false);
});

test.each([
  ['10.1.%', '10.1.0.0/16'],
  ['10.%.%.%', '10.0.0.0/8'],
  ['192.168.7.%', '192.168.7.0/24'],
  ['%', '0.0.0.0/0'],
  ['192.168.0.0/255.255.0.0', '192.168.0.0/16'],
  ['10.1.2.3/255.255.255.255', '10.1.2.3/32'],
  ['0.0.0.0/0.0.0.0', '0.0.0.0/0'],
  ['172.16.0.0/255.240.0.0', '172.16.0.0/12'],
  [' 10.1.2.3', '10.1.2.3/32'],
  ['fd00::1', 'fd00::1/128'],
])('the network %s is kept as %s', (written, kept) => {
  expect(Cidr.parse(written)).toBe(kept);
});

test.each([
  '10.1',
  '10.1.%.3',
  '10.%.3.%',
  '10.1.2%',
  '10.1.2_.%',
  '%.example.com',
  'db.example.com',
  '10.0.0.0/255.0.255.0',
  '300.1.%',
  '10.1.2.3.%',
  '%/8',
])('%s is no network, and the sentence says what is one', (written) => {
  expect(Cidr.safeParse(written).error?.issues[0]?.message).toContain('Names of hosts are not looked up.');
});
