import { GuestboardError } from '#contract/errors.ts';

/** A name as SQL takes it, between backticks. What may be a name at all is the definition's to say. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0')) throw new GuestboardError('invalid-input', 'A name cannot be empty or hold a zero byte.');
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A database's name where GRANT would read `_` and `%` as wildcards. */
export function quotePattern(name: string): string {
  return quoteName(toPattern(name));
}

export function toPattern(name: string): string {
  return name.replaceAll(/[\\_%]/g, '\\$&');
}

export function fromPattern(pattern: string): string {
  return pattern.replaceAll(/\\([\\_%])/g, '$1');
}

/** A text as SQL takes it; our connections never set NO_BACKSLASH_ESCAPES. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new GuestboardError('invalid-input', 'A text cannot hold a zero byte.');
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export function quoteAccount({ user, host }: { user: string; host: string }): string {
  return `${quoteText(user)}@${quoteText(host)}`;
}

/** A value as an option file takes it. */
export function quoteOption(value: string): string {
  if (/[\0\n\r"]/.test(value)) throw new GuestboardError('invalid-input', 'An option is one line without double quotes.');
  return `"${value.replaceAll('\\', '\\\\')}"`;
}
