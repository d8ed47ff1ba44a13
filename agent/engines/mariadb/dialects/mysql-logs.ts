import type { LogLevel } from '#contract/resources/log.ts';
import type { ParsedLine } from '../../../engine.ts';
import { hideSecrets } from '../hide-secrets.ts';

const time = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)`;
const errorLine = new RegExp(String.raw`^${time} \d+ \[(\w+)\] (?:\[MY-\d+\] )?(.*)$`, 's');
const slowLine = new RegExp(`^# Time: ${time}`);
const generalLine = new RegExp(String.raw`^${time}\t *(.*)$`, 's');

/** `2026-11-25T06:10:11.123456Z 0 [Note] [MY-010000] [Server] …`: time, connection, level, number, part and text. */
export function parseErrorLine(line: string): ParsedLine {
  const hidden = hideSecrets(line);
  const [, at, level = '', text = hidden] = errorLine.exec(hidden) ?? [];
  return { atMs: toMs(at), level: levels[level.toLowerCase()] ?? 'info', text };
}

const levels: Readonly<Record<string, LogLevel>> = { warning: 'warning', error: 'error' };

/** A record is several lines, of which the first says when: `# Time: 2026-11-25T06:10:11.123456Z`. */
export function parseSlowLine(line: string): ParsedLine {
  return { atMs: toMs(slowLine.exec(line)?.[1]), level: 'info', text: hideSecrets(line) };
}

/** `2026-11-25T06:10:11.123456Z\t    8 Query\tSELECT 1`; a statement may go on over several lines. */
export function parseGeneralLine(line: string): ParsedLine {
  const [, at, text] = generalLine.exec(line) ?? [];
  return { atMs: toMs(at), level: 'info', text: hideSecrets(text ?? line.trimStart()) };
}

function toMs(at: string | undefined): number | null {
  return at === undefined ? null : Date.parse(at);
}
