import { GuestboardError } from '#contract/errors.ts';

/** A name as SQL takes it. PostgreSQL would cut more than 63 bytes silently, so such a name is refused. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0')) throw new GuestboardError('invalid-input', 'A name cannot be empty or hold a zero byte.');
  if (Buffer.byteLength(name) > 63)
    throw new GuestboardError('invalid-input', 'A name is at most 63 bytes in UTF-8; PostgreSQL would cut it silently.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL takes it, whatever standard_conforming_strings says. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new GuestboardError('invalid-input', 'A text cannot hold a zero byte.');
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}

/** A value as a configuration file takes it. */
export function quoteSetting(value: string): string {
  if (/[\0\n\r]/.test(value)) throw new GuestboardError('invalid-input', 'A parameter value is one line.');
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
