import { renameSync, truncateSync } from 'node:fs';
import type { LogLevel } from '#contract/resources/log.ts';
import type { LogSource, ParsedLine } from '../../engine.ts';
import { listFiles, pruneFiles, readTail, sizeOfFile } from '../../logs/text-files.ts';
import type { Place } from './place.ts';
import { parseSlowLine } from './slow-log.ts';

/** The names of older ones hold their time and sort before the one being written, which has none. */
const serverFiles = /^redis(-.*)?\.log$/;
const slowFiles = /^slow(-.*)?\.log$/;

export function createLogSources(place: Pick<Place, 'logs'>, getOptions: () => Promise<Record<string, string>>): readonly LogSource[] {
  const slower = 'slowlog-log-slower-than';
  return [
    { name: 'redis', title: 'Redis', files: () => listFiles(place.logs, serverFiles), parse: parseServerLine },
    {
      name: 'slow',
      title: 'Slow commands',
      files: () => listFiles(place.logs, slowFiles),
      parse: parseSlowLine,
      offBy: async () => (Number((await getOptions())[slower]) < 0 ? slower : null),
    },
    { name: 'startup', title: 'Start-up', files: () => listFiles(place.logs, /^startup\.log$/), parse: parseServerLine },
  ];
}

/** `4711:M 25 Nov 2026 08:48:54.910 * text`: process and role, time, level, text. Other lines go on where the one before ended. */
export function parseServerLine(line: string): ParsedLine {
  const match = /^\d+:[A-Z] (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3}) ([.*#-]) (.*)$/s.exec(line);
  if (match === null) return { atMs: null, level: 'info', text: line };
  const [, day, month = '', year, hour, minute, second, milliseconds, mark = '', text = ''] = match;
  return {
    atMs: Date.UTC(Number(year), months.indexOf(month), Number(day), Number(hour), Number(minute), Number(second), Number(milliseconds)),
    level: levels[mark] ?? 'info',
    text,
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const levels: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warning' };

const fileLimitBytes = 64 * 1024 ** 2;
const keptBytes = 1024 ** 3;

/**
 * A log that has grown long gets another name; whoever writes it opens it anew for every line. Removes the oldest beyond the limit. Scripts of
 * tenants may write gigabytes a second: of one file no more than its beginning is kept.
 */
export function rotateLogs(place: Pick<Place, 'logs' | 'serverLog' | 'slowLog'>, limitBytes = fileLimitBytes): void {
  for (const file of [place.serverLog, place.slowLog]) {
    const bytes = sizeOfFile(file);
    if (bytes < limitBytes) continue;
    const older = file.replace(/\.log$/, `-${new Date().toISOString().replaceAll(/\W/g, '')}.log`);
    renameSync(file, older);
    if (bytes > 2 * limitBytes) truncateSync(older, limitBytes);
  }
  for (const pattern of [serverFiles, slowFiles]) pruneFiles(listFiles(place.logs, pattern), keptBytes);
}

/** What the server itself said since then, for an error's detail: the newest lines of its log, or its start-up output. */
export function readLastWords(place: Pick<Place, 'serverLog' | 'startupLog'>, sinceMs: number, fromByte: number): string {
  const lines = readTail(place.serverLog, 64 * 1024)
    .split('\n')
    .map(parseServerLine)
    .filter(({ atMs, level }) => (atMs ?? 0) >= sinceMs && level !== 'info')
    .slice(-12);
  return lines.length > 0 ? lines.map(({ text }) => text).join('\n') : readTail(place.startupLog, 1000, fromByte);
}
