import type * as z from 'zod';

/** What a schema's own words leave unsaid, as a sentence that names the rule: given to every parse of what people and programs send. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.input === undefined ? 'It is missing' : 'It is of the wrong kind'}: give ${kinds[issue.expected] ?? issue.expected}.`;
    case 'too_small':
      return describeBound(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return describeBound(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_format':
      return `Use ${formats[issue.format] ?? (issue.pattern === undefined ? `the form ${issue.format}` : `the form ${issue.pattern}`)}.`;
    case 'not_multiple_of':
      return `Use a multiple of ${issue.divisor}.`;
    case 'unrecognized_keys':
      return `There is no field ${issue.keys.join(', ')} here.`;
    case 'invalid_value':
      return `Use ${listChoices(issue.values)}.`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `Use ${listChoices(issue.options)}.`
        : 'It has none of the forms that it may have.';
    case 'invalid_key':
      return 'The name of one of its fields is not allowed.';
    case 'invalid_element':
      return 'One of its entries is not allowed.';
    case 'custom':
      return 'This value is not allowed here.';
  }
};

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  null: 'null',
  date: 'a time',
};

const formats: Record<string, string> = {
  uuid: 'an id of 32 hexadecimal digits with hyphens',
  datetime: 'a time in UTC, such as 2026-11-23T07:14:05Z',
  url: 'an address that begins with http:// or https://',
  email: 'an e-mail address',
  cidrv4: 'a network such as 10.0.0.0/8',
  cidrv6: 'a network such as ::1/128',
};

function describeBound({ origin, exact }: { origin: string; exact?: boolean | undefined }, limit: number | bigint, bound: string): string {
  const counted = { string: ['character', 'characters'], array: ['entry', 'entries'], set: ['entry', 'entries'] }[origin];
  if (counted === undefined) return `Use ${exact ? 'exactly' : bound} ${limit}.`;
  const isOne = Number(limit) === 1;
  if (bound === 'at least' && isOne) return origin === 'string' ? 'It cannot be empty.' : 'It needs at least one entry.';
  return `It has ${exact ? 'exactly' : bound} ${limit} ${counted[isOne ? 0 : 1]}.`;
}

function listChoices(values: readonly unknown[]): string {
  const words = values.map((value) => String(value));
  return words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`;
}
