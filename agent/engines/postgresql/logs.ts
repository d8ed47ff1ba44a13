import type { LogLevel } from '#contract/resources/log.ts';
import type { LogSource, ParsedLine } from '../../engine.ts';
import { listFiles, pruneFiles, readTail, removeFile } from '../../logs/text-files.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { Place } from './place.ts';

const jsonFiles = /^postgresql-.*\.json$/;

export function createLogSources(place: Place): readonly LogSource[] {
  return [
    { name: 'postgresql', title: 'PostgreSQL', files: () => listFiles(place.logs, jsonFiles), parse: parseJsonLine, hide: hideInRecord },
    {
      name: 'startup',
      title: 'Start-up',
      files: () => listFiles(place.logs, /^startup\.log$/),
      parse: (line) => ({ atMs: null, level: findLevel(/\b([A-Z]+\d?): {2}/.exec(line)?.[1] ?? ''), text: hideSecrets(line) }),
      hide: hideSecrets,
    },
  ];
}

/** One object per line: who, what, and whatever the server adds to it. A line that is no JSON (cut, or torn by a crash) is shown as it is. */
export function parseJsonLine(line: string): ParsedLine {
  const record = readRecord(line);
  if (record === null) return { atMs: null, level: 'info', text: hideSecrets(line) };
  const text = (name: string) => (typeof record[name] === 'string' ? record[name] : null);
  const who = text('user') === null ? '' : `${text('user')}@${text('dbname') ?? ''} `;
  const more = ['detail', 'hint', 'context', 'statement'].flatMap((name) => {
    const value = text(name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  const state = text('state_code');
  const code = state === null || state === '00000' ? '' : ` (${state})`;
  const atMs = Date.parse(text('timestamp')?.replace(/^(\S+) (\S+) (UTC|GMT)$/, '$1T$2Z') ?? '');
  return {
    atMs: Number.isNaN(atMs) ? null : atMs,
    level: findLevel(text('error_severity') ?? ''),
    text: hideSecrets([`${who}${text('message') ?? ''}${code}`, ...more].join(' · ')),
  };
}

const levels: Readonly<Record<string, LogLevel>> = {
  NOTICE: 'info',
  INFO: 'info',
  LOG: 'info',
  STATEMENT: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  FATAL: 'fatal',
  PANIC: 'fatal',
};

function findLevel(severity: string): LogLevel {
  return severity.startsWith('DEBUG') ? 'debug' : (levels[severity] ?? 'info');
}

/** In the texts themselves, whose quotes and ends of lines a record writes otherwise. */
export function hideInRecord(line: string): string {
  const record = readRecord(line);
  if (record === null) return hideSecrets(line);
  // Only then: written anew, its large numbers would be rounded.
  const tells = Object.values(record).some((value) => typeof value === 'string' && hideSecrets(value) !== value);
  if (!tells) return line;
  return JSON.stringify(record, (_, value: unknown) => (typeof value === 'string' ? hideSecrets(value) : value));
}

function readRecord(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

const keptBytes = 1024 ** 3;

/** Removes the oldest files beyond the limit, never the one being written; its plain-text twin, which stays nearly empty, goes with each. */
export function pruneLogs(place: Place, limitBytes = keptBytes): void {
  pruneFiles(listFiles(place.logs, jsonFiles), limitBytes, (file) => {
    removeFile(file);
    removeFile(file.replace(/\.json$/, '.log'));
  });
}

/** What the server itself said since then, for an error's detail: the newest lines of its log, or its start-up output. */
export function readLastWords(place: Place, sinceMs: number, fromByte: number): string {
  const [newest] = listFiles(place.logs, jsonFiles).reverse();
  const lines = (newest === undefined ? '' : readTail(newest, 64 * 1024))
    .split('\n')
    .map(parseJsonLine)
    .filter(({ atMs }) => (atMs ?? 0) >= sinceMs)
    .slice(-12);
  const printed = readTail(place.startupLog, 1000, fromByte);
  // How it begins it says each time: that is no reason to end.
  if (lines.every(({ level }) => level === 'info') && !/\b(WARNING|ERROR|FATAL|PANIC): |^\S+: /m.test(printed)) return '';
  return lines.length > 0 ? lines.map(({ text }) => text).join('\n') : printed;
}
