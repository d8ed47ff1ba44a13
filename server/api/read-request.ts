import type * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { describeIssue } from '#contract/plain-issues.ts';

/** The {name} parts of a path, each decoded exactly once, so that a database named `a%41` stays what it is. */
export function readPath(template: string, pathname: string): Record<string, string> {
  const given = pathname.split('/');
  const parts: Record<string, string> = {};
  template.split('/').forEach((segment, index) => {
    if (!segment.startsWith('{')) return;
    const name = segment.slice(1, -1);
    parts[name] = decode(given[index] ?? '', name);
  });
  return parts;
}

export function readQuery(schema: z.ZodType, search: URLSearchParams): unknown {
  const query = Object.fromEntries(search);
  return parse(schema, query);
}

/** The body's text and its parsed value. The HTTP server has let in at most 1 MB. */
export async function readBody(schema: z.ZodType | undefined, request: Request): Promise<{ text: string; body: unknown }> {
  const text = await request.text();
  if (!schema) return { text, body: undefined };
  let json: unknown;
  try {
    json = text === '' ? {} : JSON.parse(text);
  } catch {
    throw invalid('The body is not JSON.');
  }
  if (isDeeper(json, 32)) throw invalid('The body is nested deeper than anything that is taken.');
  if (holdsReference(json)) throw invalid('A password is text.', 'password');
  return { text, body: parse(schema, json) };
}

/** What walks through it, as what follows does, ends with the levels of a stack. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** References to sealed secrets are the control plane's own language: from outside one could name somebody else's secret. */
function holdsReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => (key === 'password' && typeof inner === 'object') || holdsReference(inner));
}

/** Names the first field that breaks a rule, and the rule. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, prefix = ''): z.output<S> {
  const broken = findNul(value);
  if (broken !== null) throw invalid(`${prefix}${broken}: It cannot contain a NUL character.`, prefix + broken);
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) {
    const unknown = findUnknown(value, result.data);
    if (unknown === null) return result.data;
    throw invalid(`${prefix}${unknown}: There is no such field. Nothing was changed.`, prefix + unknown);
  }
  const issue = deepest(result.error.issues[0]);
  const field = prefix + (issue?.path ?? []).map(String).join('.');
  throw invalid(field ? `${field}: ${issue?.message}` : `${issue?.message}`, field);
}

/** The path of a field that no database could keep, in its value or its name; null where there is none. */
function findNul(value: unknown): string | null {
  if (typeof value === 'string') return value.includes('\0') ? '' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\0')) return key.replaceAll('\0', '');
    const found = findNul(inner);
    if (found !== null) return found === '' ? key : `${key}.${found}`;
  }
  return null;
}

/** The path of a field that the schema let fall: a misspelt one must not be taken for one that was left out. */
function findUnknown(given: unknown, taken: unknown): string | null {
  if (Array.isArray(given) && Array.isArray(taken)) {
    for (const [index, item] of given.entries()) {
      const inner = findUnknown(item, taken[index]);
      if (inner !== null) return `${index}.${inner}`;
    }
    return null;
  }
  if (!isRecord(given) || !isRecord(taken)) return null;
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(taken, key)) return key;
    const inner = findUnknown(value, taken[key]);
    if (inner !== null) return `${key}.${inner}`;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In a union one member's own complaint says more than "Invalid input": that which finds fault inside the value, else the first's. */
function deepest(issue: z.core.$ZodIssue | undefined): { path: PropertyKey[]; message: string } | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inside = issue.errors.find((errors) => (errors[0]?.path.length ?? 0) > 0);
  const inner = deepest((inside ?? issue.errors.find((errors) => errors.length > 0))?.[0]);
  return inner ? { path: [...issue.path, ...inner.path], message: inner.message } : issue;
}

function decode(text: string, name: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes('\0')) return decoded;
  } catch {
    // Falls through: malformed escapes are the caller's fault like a NUL is.
  }
  throw invalid('The address holds a part that cannot be read.', name);
}

function invalid(sentence: string, field?: string) {
  return new GuestboardError('invalid-input', sentence, field ? { field } : {});
}
