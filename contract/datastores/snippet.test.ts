import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { getDetailedDatastore } from './details.ts';
import { type DatastoreName, datastores } from './index.ts';
import { fillSnippet } from './snippet.ts';

const hostile = {
  host: '127.0.0.1',
  port: '25001',
  database: `a"b; drop--'\\ $HOME é`,
  user: `o'neil\\"x@y/z?`,
  password: 'p:@/?#% "\'',
  caFile: 'ca.pem',
};

function fill(key: string, datastore: DatastoreName = 'postgresql'): string {
  const snippet = getDetailedDatastore(datastore).snippets.find((candidate) => candidate.key === key);
  return fillSnippet(snippet?.template ?? '', hostile);
}

test.each(Object.keys(datastores) as DatastoreName[])('a URI brings hostile names and passwords of %s back unchanged', (datastore) => {
  const { username, password, pathname } = new URL(fill('uri', datastore));
  expect([pathname.slice(1), username, password].map(decodeURIComponent)).toEqual([hostile.database, hostile.user, hostile.password]);
});

test('a shell passes a hostile name to psql as one argument that libpq reads back unchanged', () => {
  const argument = execFileSync('/bin/sh', ['-c', fill('psql').replace(/^psql/, 'printf %s')], { encoding: 'utf8' });
  const values = [...argument.matchAll(/(\w+)=('(?:[^'\\]|\\.)*'|\S+)/g)].map((match) => [
    match[1],
    (match[2] ?? '').replace(/^'(.*)'$/s, '$1').replaceAll(/\\(.)/g, '$1'),
  ]);
  expect(Object.fromEntries(values)).toMatchObject({ dbname: hostile.database, user: hostile.user, host: '127.0.0.1' });
});

test('a shell passes hostile names to mariadb, each as one argument', () => {
  const words = execFileSync('/bin/sh', ['-c', fill('mariadb', 'mariadb').replace(/^mariadb/, "printf '%s\\n'")], {
    encoding: 'utf8',
  }).split('\n');
  expect(words).toContain(`--user=${hostile.user}`);
  expect(words).toContain(`--database=${hostile.database}`);
});

test('string literals of mariadb’s examples read back unchanged', () => {
  const literal = /user: ('(?:[^'\\]|\\.)*')/.exec(fill('node', 'mariadb'))?.[1];
  expect(new Function(`return ${literal}`)()).toBe(hostile.user);
  for (const [key, pattern] of [
    ['python', /user=("(?:[^"\\]|\\.)*")/],
    ['go', /config\.User = "(?:[^"\\]|\\.)*", ("(?:[^"\\]|\\.)*")/],
  ] as const)
    expect(JSON.parse(pattern.exec(fill(key, 'mariadb'))?.[1] ?? '""')).toBe(hostile.user);
  const catalog = /setCatalog\(("(?:[^"\\]|\\.)*")\)/.exec(fill('java', 'mariadb'))?.[1] ?? '""';
  expect(JSON.parse(catalog)).toBe(hostile.database);
});

test('a shell passes a hostile name to redis-cli as one argument, and literals of Redis’s examples read back unchanged', () => {
  const words = execFileSync('/bin/sh', ['-c', fill('redis-cli', 'redis').replace(/^redis-cli/, "printf '%s\\n'")], {
    encoding: 'utf8',
  }).split('\n');
  expect(words[words.indexOf('--user') + 1]).toBe(hostile.user);
  const literal = /username: ('(?:[^'\\]|\\.)*')/.exec(fill('node', 'redis'))?.[1];
  expect(new Function(`return ${literal}`)()).toBe(hostile.user);
  for (const [key, pattern] of [
    ['python', /username=("(?:[^"\\]|\\.)*")/],
    ['java', /withAuthentication\(("(?:[^"\\]|\\.)*"),/],
    ['go', /Username: {2}("(?:[^"\\]|\\.)*")/],
  ] as const)
    expect(JSON.parse(pattern.exec(fill(key, 'redis'))?.[1] ?? '""')).toBe(hostile.user);
});

test('string literals read back unchanged in JavaScript and, by JSON’s rules, elsewhere', () => {
  const node = fill('node');
  const literals = new Map([...node.matchAll(/(database|user): ('(?:[^'\\]|\\.)*')/g)].map((match) => [match[1], match[2]]));
  expect(new Function(`return ${literals.get('database')}`)()).toBe(hostile.database);
  expect(new Function(`return ${literals.get('user')}`)()).toBe(hostile.user);
  for (const key of ['python', 'go']) {
    const literal = /(?:config\.User = |user=)("(?:[^"\\]|\\.)*")/.exec(fill(key))?.[1] ?? '""';
    expect(JSON.parse(literal)).toBe(hostile.user);
  }
});

test('every placeholder of every datastore is filled', () => {
  for (const datastore of Object.keys(datastores) as DatastoreName[])
    for (const snippet of getDetailedDatastore(datastore).snippets)
      expect(fillSnippet(snippet.template, hostile)).not.toMatch(/\{(host|port|database|user|password|caFile)/);
});

test('an encoder nobody knows is a fault, not a raw value', () => {
  expect(() => fillSnippet('{user|rot13}', hostile)).toThrow('rot13');
});
