import { expect, test } from 'vitest';
import * as z from 'zod';
import { api } from './api.ts';
import { Id } from './names.ts';
import { operations } from './operations/index.ts';
import { describeIssue } from './plain-issues.ts';

const say = (schema: z.ZodType, value: unknown) => schema.safeParse(value, { error: describeIssue }).error?.issues[0]?.message;

test.each<[z.ZodType, unknown, string]>([
  [z.number(), undefined, 'It is missing: give a number.'],
  [z.number(), 'x', 'It is of the wrong kind: give a number.'],
  [z.coerce.number(), 'x', 'It is of the wrong kind: give a number.'],
  [z.int(), 1.5, 'It is of the wrong kind: give a whole number.'],
  [z.string(), null, 'It is of the wrong kind: give a text.'],
  [z.boolean(), 1, 'It is of the wrong kind: give true or false.'],
  [z.array(z.string()), {}, 'It is of the wrong kind: give a list.'],
  [z.object({}), [], 'It is of the wrong kind: give an object with named fields.'],
  [z.record(z.string(), z.string()), 1, 'It is of the wrong kind: give an object with named fields.'],
  [z.number().min(3), 2, 'Use at least 3.'],
  [z.number().max(3), 4, 'Use at most 3.'],
  [z.number().positive(), 0, 'Use more than 0.'],
  [z.number().lt(3), 3, 'Use less than 3.'],
  [z.number().multipleOf(5), 3, 'Use a multiple of 5.'],
  [z.string().min(1), '', 'It cannot be empty.'],
  [z.string().min(3), '', 'It has at least 3 characters.'],
  [z.string().max(1), 'ab', 'It has at most 1 character.'],
  [z.string().length(2), 'a', 'It has exactly 2 characters.'],
  [z.array(z.string()).min(1), [], 'It needs at least one entry.'],
  [z.array(z.string()).max(2), ['', '', ''], 'It has at most 2 entries.'],
  [Id, 'x', 'Use an id of 32 hexadecimal digits with hyphens.'],
  [z.iso.datetime(), 'today', 'Use a time in UTC, such as 2026-11-23T07:14:05Z.'],
  [z.url({ protocol: /^https?$/ }), 'ftp://x', 'Use an address that begins with http:// or https://.'],
  [z.string().regex(/^a+$/), 'b', 'Use the form /^a+$/.'],
  [z.enum(['a', 'b']), 'c', 'Use one of a, b.'],
  [z.literal('a'), 'c', 'Use a.'],
  [
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
    { kind: 'c' },
    'Use one of a, b.',
  ],
  [z.union([z.object({}), z.number()]), 'x', 'It has none of the forms that it may have.'],
  [z.strictObject({}), { x: 1, y: 2 }, 'There is no field x, y here.'],
  [z.string().refine(() => false), 'x', 'This value is not allowed here.'],
  [z.string().min(3, 'A word of its own.'), '', 'A word of its own.'],
])('%# says the rule as a sentence', (schema, value, sentence) => {
  expect(say(schema, value)).toBe(sentence);
});

const taken = [
  ...Object.entries(api).flatMap(([name, endpoint]) => [
    ...('body' in endpoint ? [[name, endpoint.body] as const] : []),
    ...('query' in endpoint ? [[name, endpoint.query] as const] : []),
  ]),
  ...Object.entries(operations).map(([name, { input }]) => [name, input] as const),
];

test.each(taken)('%s refuses in no words of a library', (_name, schema) => {
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const wrong = ['', 'x'.repeat(10_000), -1, 1e300, Number.NaN, null, true, [], [{}], {}, { kind: 'x' }, { kind: 's3', endpoint: 'x' }];
  const given = [undefined, ...wrong, ...wrong.map((value) => Object.fromEntries(fields.map((field) => [field, value])))];
  const said = given.flatMap((value) => schema.safeParse(value, { error: describeIssue }).error?.issues ?? []);
  for (const { message } of said) {
    expect(message).toMatch(/^[A-Z“].*\.$/);
    expect(message).not.toMatch(/Invalid|Too (small|big)|received|Unrecognized|expected/);
  }
});
