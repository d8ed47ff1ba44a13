import { expect, test } from 'vitest';
import { api } from '#contract/api.ts';
import { readBody, readQuery } from './read-request.ts';

const rule = 'Leave out invisible characters and those that turn the direction of writing, such as U+200B and U+202E.';

test.each([
  [
    'createInstance',
    { projectId: 'p', input: { users: [{ name: 'a\u0000b' }] } },
    'input.users.0.name',
    'It cannot contain a NUL character.',
  ],
  ['startOperation', { name: 'rename-instance', input: { name: '\u0000' } }, 'input.name', 'It cannot contain a NUL character.'],
  ['createProject', { name: 'fine', title: 'a\u202eb' }, 'title', rule],
  ['createToken', { name: 'a\u200bb' }, 'name', rule],
  ['createDatabase', { name: 'a\u2066b' }, 'name', rule],
  ['createProject', { name: 'fine', title: 7 }, 'title', 'It is of the wrong kind: give a text.'],
  ['createProject', { name: 'fine' }, 'title', 'It is missing: give a text.'],
  [
    'createUser',
    { name: 'fine', password: 'long enough 1', grants: [{ database: 'shop', level: 'all' }] },
    'grants.0.level',
    'Use one of read-only, read-write, full.',
  ],
] as const)('of what %s was sent, %j, the field and the rule are named', async (name, sent, field, sentence) => {
  const request = new Request('http://localhost/', { method: 'POST', body: JSON.stringify(sent) });
  await expect(readBody(api[name].body, request)).rejects.toMatchObject({
    code: 'invalid-input',
    field,
    message: `${field}: ${sentence}`,
  });
});

test('what only looks like a NUL in JSON is taken as it was written', async () => {
  const title = 'a \\u0000 b';
  const request = new Request('http://localhost/', { method: 'POST', body: JSON.stringify({ name: 'fine', title }) });
  expect((await readBody(api.createProject.body, request)).body).toEqual({ name: 'fine', title });
});

test.each([
  ['text=a%00b', 'text: It cannot contain a NUL character.'],
  ['limit=0', 'limit: Use at least 1.'],
  ['limit=many', 'limit: It is of the wrong kind: give a number.'],
])('of the query %s the field and the rule are named', (query, message) => {
  expect(() => readQuery(api.listInstances.query, new URLSearchParams(query))).toThrow(message);
});

test.each([`${'['.repeat(400_000)}${']'.repeat(400_000)}`, `{"name":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`])(
  'a body of endless depth is refused as what it is',
  async (text) => {
    const request = new Request('http://localhost/', { method: 'POST', body: text });
    const message = 'The body is nested deeper than anything that is taken.';
    await expect(readBody(api.createProject.body, request)).rejects.toMatchObject({ code: 'invalid-input', message });
  },
);
