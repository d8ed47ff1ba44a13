import type { LogLevel } from '#contract/resources/log.ts';
import type { ParsedLine } from '../../../engine.ts';
import { hideSecrets } from '../hide-secrets.ts';

/**
 * `2026-11-25  6:10:11 0 [Note] InnoDB: …`: time, connection, level, text. Other lines go on where the one before ended, maybe within a
 * password; what has a head does not, so secrets are looked for before it is taken off.
 */
export function parseErrorLine(line: string): ParsedLine {
  const hidden = hideSecrets(line);
  const match = /^(\d{4})-(\d\d)-(\d\d) +(\d{1,2}):(\d\d):(\d\d) \d+ \[(\w+)\] (.*)$/s.exec(hidden);
  if (match === null) return { atMs: null, level: 'info', text: hidden };
  const [, year, month, day, hour, minute, second, level = '', text = ''] = match;
  return {
    atMs: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
    level: levels[level.toLowerCase()] ?? 'info',
    text,
  };
}

const levels: Readonly<Record<string, LogLevel>> = { note: 'info', warning: 'warning', error: 'error' };

/** A record is several lines; the first of those within one second says when: `# Time: 261125  6:10:11`. */
export function parseSlowLine(line: string): ParsedLine {
  const match = /^# Time: (\d\d)(\d\d)(\d\d) +(\d{1,2}):(\d\d):(\d\d)/.exec(line);
  const atMs =
    match === null
      ? null
      : Date.UTC(2000 + Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4]), Number(match[5]), Number(match[6]));
  return { atMs, level: 'info', text: hideSecrets(line) };
}

/** `261125  6:10:11\t     5 Query\tSELECT 1`: the first line within one second says when; a statement may go on over several. */
export function parseGeneralLine(line: string): ParsedLine {
  const match = /^(\d\d)(\d\d)(\d\d) +(\d{1,2}):(\d\d):(\d\d)\t(.*)$/s.exec(line);
  if (match === null) return { atMs: null, level: 'info', text: hideSecrets(line.trimStart()) };
  const [year = 0, month = 1, day = 1, hour, minute, second] = match.slice(1, 7).map(Number);
  return {
    atMs: Date.UTC(2000 + year, month - 1, day, hour, minute, second),
    level: 'info',
    text: hideSecrets((match[7] ?? '').trimStart()),
  };
}
