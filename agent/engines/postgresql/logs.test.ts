import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';
import { hideInRecord, parseJsonLine } from './logs.ts';

const line = (fields: Record<string, unknown>) => parseJsonLine(JSON.stringify({ timestamp: '2026-11-23 08:00:01.234 UTC', ...fields }));

test('time, level, who and what', () => {
  expect(
    line({
      user: 'app',
      dbname: 'shop',
      error_severity: 'ERROR',
      state_code: '42P01',
      message: 'relation "x" does not exist',
      statement: 'SELECT * FROM x',
    }),
  ).toEqual({
    atMs: Date.UTC(2026, 10, 23, 8, 0, 1, 234),
    level: 'error',
    text: 'app@shop relation "x" does not exist (42P01) · statement: SELECT * FROM x',
  });
});

test.each([
  ['LOG', 'info'],
  ['NOTICE', 'info'],
  ['WARNING', 'warning'],
  ['FATAL', 'fatal'],
  ['PANIC', 'fatal'],
  ['DEBUG2', 'debug'],
])('%s is %s', (severity, level) => {
  expect(line({ error_severity: severity, message: 'x' })).toMatchObject({ level, text: 'x' });
});

test('a password a tenant typed is not shown', () => {
  const shown = line({ error_severity: 'ERROR', message: 'no', statement: "ALTER ROLE x PASSWORD 'it''s secret' VALID UNTIL 'x'" }).text;
  expect(shown).not.toContain('secret');
  expect(shown).toContain('VALID UNTIL');
  expect(line({ message: "CREATE USER y password E'a\\'secret'" }).text).not.toContain('secret');
  expect(line({ message: "CREATE USER y PASSWORD 'cut off secre" }).text).not.toContain('secre');
});

test.each([
  "U&'secret'",
  '$$secret$$',
  '$t$secret$t$',
  "/**/'secret'",
  "'secret'",
  "-- so\n'secret'",
  "'sec'\n'ret'",
  "E'sec\\'ret'",
  "''secret''",
  "'abc\\'; ALTER USER b PASSWORD 'secret'",
  "= 'secret'",
])('nor is it when it is written PASSWORD%s', (written) => {
  const text = hideSecrets(`alter user a password${written}`);
  expect(text).not.toMatch(/sec|ret/);
});

test.each([
  "create subscription s connection 'host=h user=u password=secret dbname=d' publication p",
  "select dblink('host=h password = sec\\ ret')",
  "select dblink_connect('postgres://u:secret@h/d')",
  "create user mapping for u server s options (user 'u', password 'secret')",
  "alter server s options (set passfile 'x', sslpassword=secret)",
])('nor is it in a connection’s words: %s', (statement) => {
  expect(hideSecrets(statement)).not.toMatch(/sec|ret/);
  expect(hideSecrets("where password = $1 and url = 'http://h:80/a@b'")).toContain("url = 'http://h:80/a@b'");
});

test.each([
  "select dblink_connect('host=h password=secret user=u')",
  'could not connect to postgresql://u:secret@h/db',
  'alter user a password "secret"',
  'alter role a login password secret;',
  "alter user a password 'sec'||'ret'",
  "do $$begin execute format('alter user a password %L', 'secret'); end$$",
  "do $$begin execute 'alter user a password ' || quote_literal('secret'); end$$",
])('nor is one that stands in no literal of its own: %s', (text) => {
  expect(hideSecrets(text)).not.toMatch(/secret|'sec|ret'/);
  const other = "select a || 'b' from t; select format('%s', 1) from roles; alter role a valid until 'x'; alter role b password null";
  expect(hideSecrets(other.slice(0, other.indexOf(' password')))).toBe(other.slice(0, other.indexOf(' password')));
  for (const said of ['alter role b password null', 'User "x" has no password assigned.', 'user x: password authentication failed'])
    expect(hideSecrets(said)).toBe(said);
});

test('nor given away with the file, where quotes and ends of lines are written otherwise; another record stays as it is', () => {
  const typed = JSON.stringify({ message: 'no', statement: 'alter role "x" password\n\'a"secret\'' });
  expect(hideInRecord(typed)).toBe(JSON.stringify({ message: 'no', statement: 'alter role "x" password \'…\'' }));
  expect(hideInRecord(typed.slice(0, -1)), 'cut, as a very long one is').not.toContain('secret');
  const other = '{"message": "x", "query_id":-1234567890123456789}';
  expect(hideInRecord(other)).toBe(other);
});

test.each(['', 'plain text', '{"broken', '\u0000\u0001', '[1]'])('%j, which is no record, is shown as it is', (text) => {
  expect(parseJsonLine(text)).toEqual({ atMs: null, level: 'info', text });
});
