import { renameSync, statSync } from 'node:fs';
import type { LogSource } from '../../engine.ts';
import { listFiles, pruneFiles, readTail } from '../../logs/text-files.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { Place } from './place.ts';

/** The names of older ones hold their time and sort before the one being written, which has none. */
const errorFiles = /^error(-.*)?\.log$/;
const slowFiles = /^slow(-.*)?\.log$/;
const generalFiles = /^general(-.*)?\.log$/;

/** `getOptions`: what the server runs with, by the names it has for it. */
export function createLogSources(
  place: Pick<Place, 'logs' | 'dialect'>,
  getOptions: () => Promise<Record<string, string>>,
): readonly LogSource[] {
  const { parseError, parseSlow, parseGeneral } = place.dialect.logs;
  const whileOn = (name: string) => async () => ((await getOptions())[name] === 'OFF' ? name : null);
  return [
    { name: 'error', title: 'Errors', files: () => listFiles(place.logs, errorFiles), parse: parseError, hide: hideSecrets },
    {
      name: 'slow',
      title: 'Slow statements',
      files: () => listFiles(place.logs, slowFiles),
      parse: parseSlow,
      hide: hideSecrets,
      offBy: whileOn('slow_query_log'),
    },
    {
      name: 'general',
      title: 'Every statement',
      files: () => listFiles(place.logs, generalFiles),
      parse: parseGeneral,
      hide: hideSecrets,
      offBy: whileOn('general_log'),
    },
    {
      name: 'startup',
      title: 'Start-up',
      files: () => listFiles(place.logs, /^startup\.log$/),
      parse: parseError,
      hide: hideSecrets,
    },
  ];
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
export function readLastWords(place: Place, sinceMs: number, fromByte = 0): string {
  const lines = readTail(place.errorLog, 64 * 1024)
    .split('\n')
    .map(place.dialect.logs.parseError)
    .filter(({ atMs, level }) => (atMs ?? 0) >= Math.floor(sinceMs / 1000) * 1000 && level !== 'info')
    .slice(-12);
  if (lines.length > 0) return lines.map(({ text }) => text).join('\n');
  // What it warns of at every start is no reason to end.
  const printed = readTail(place.startupLog, 1000, fromByte).split('\n');
  return printed.filter((line) => !/ \[(Warning|Note)\] /.test(line)).join('\n');
}
