import { renameSync, statSync } from 'node:fs';
import type { LogLevel } from '#contract/resources/log.ts';
import type { LogSource, ParsedLine } from '../../engine.ts';
import { listFiles, pruneFiles, readTail } from '../../logs/text-files.ts';
import type { Place } from './place.ts';

/** The names of older ones hold their time and sort before the one being written, which has none. */
const errorFiles = /^error(-.*)?\.log$/;
const slowFiles = /^slow(-.*)?\.log$/;
const generalFiles = /^general(-.*)?\.log$/;

export function createLogSources(place: Pick<Place, 'logs'>): readonly LogSource[] {
  return [
    { name: 'error', title: 'Errors', files: () => listFiles(place.logs, errorFiles), parse: parseErrorLine },
    { name: 'slow', title: 'Slow statements', files: () => listFiles(place.logs, slowFiles), parse: parseSlowLine },
    { name: 'general', title: 'Every statement', files: () => listFiles(place.logs, generalFiles), parse: parseGeneralLine },
    {
      name: 'startup',
      title: 'Start-up',
      files: () => listFiles(place.logs, /^startup\.log$/),
      parse: (line) => parseErrorLine(line),
    },
  ];
}

/** `2026-11-25  6:10:11 0 [Note] InnoDB: …`: time, connection, level, text. Other lines go on where the one before ended. */
export function parseErrorLine(line: string): ParsedLine {
  const match = /^(\d{4})-(\d\d)-(\d\d) +(\d{1,2}):(\d\d):(\d\d) \d+ \[(\w+)\] (.*)$/s.exec(line);
  if (match === null) return { atMs: null, level: 'info', text: hideSecrets(line) };
  const [, year, month, day, hour, minute, second, level = '', text = ''] = match;
  return {
    atMs: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
    level: levels[level.toLowerCase()] ?? 'info',
    text: hideSecrets(text),
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

/** A tenant may type a password into a statement, which the server then logs. */
export function hideSecrets(text: string): string {
  return text
    .replace(/(\b(?:password|identified\s+by(?:\s+password)?|using)\b\s*[=(]?\s*)('(?:[^'\\]|''|\\.)*'?|"(?:[^"\\]|""|\\.)*"?)/gi, "$1'…'")
    .replace(/\*[0-9A-F]{40}\b/gi, '*…');
}

const fileLimitBytes = 64 * 1024 ** 2;
const keptBytes = 1024 ** 3;

/** A log that has grown long gets another name, and the server begins a new one. */
export async function rotateLogs(
  place: Pick<Place, 'errorLog' | 'slowLog' | 'generalLog'>,
  tell: (text: string) => Promise<unknown>,
  limitBytes = fileLimitBytes,
): Promise<void> {
  for (const [file, what] of [
    [place.errorLog, 'ERROR'],
    [place.slowLog, 'SLOW'],
    [place.generalLog, 'GENERAL'],
  ] as const) {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < limitBytes) continue;
    renameSync(file, file.replace(/\.log$/, `-${new Date().toISOString().replaceAll(/\W/g, '')}.log`));
    await tell(`FLUSH LOCAL ${what} LOGS`);
  }
}

/** Removes the oldest files beyond the limit, never those being written. */
export function pruneLogs(place: Pick<Place, 'logs'>, limitBytes = keptBytes): void {
  for (const pattern of [errorFiles, slowFiles, generalFiles]) pruneFiles(listFiles(place.logs, pattern), limitBytes);
}

/** What the server itself said since then, for an error's detail: the newest lines of its log, or its start-up output. */
export function readLastWords(place: Place, sinceMs: number): string {
  const lines = readTail(place.errorLog, 64 * 1024)
    .split('\n')
    .map(parseErrorLine)
    .filter(({ atMs, level }) => (atMs ?? 0) >= Math.floor(sinceMs / 1000) * 1000 && level !== 'info')
    .slice(-12);
  return lines.length > 0 ? lines.map(({ text }) => text).join('\n') : readTail(place.startupLog, 1000);
}
