import { readParameters } from '#components/ui/url-choice.ts';
import { LogLevel, type LogLine } from '#contract/resources/log.ts';

/** What the viewer shows, as the URL holds it. `range` is "the last …"; `from` and `to` are ISO times and win over it. */
export type LogFilter = {
  name: string | null;
  text: string;
  levels: readonly LogLevel[];
  range: LogRange | null;
  from: string | null;
  to: string | null;
};

export const logRanges = {
  '15m': { title: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { title: 'Last hour', ms: 3_600_000 },
  '24h': { title: 'Last 24 hours', ms: 86_400_000 },
} as const;
export type LogRange = keyof typeof logRanges;

export function readLogFilter(asked: string | URLSearchParams): LogFilter {
  const parameters = readParameters(asked);
  const range = parameters.get('range')?.toLowerCase() ?? null;
  const levels = (parameters.get('levels') ?? '').toLowerCase().split(',');
  return {
    name: parameters.get('log'),
    text: (parameters.get('text') ?? '').slice(0, 200),
    levels: LogLevel.options.filter((level) => levels.includes(level)),
    range: range !== null && Object.hasOwn(logRanges, range) ? (range as LogRange) : null,
    from: toIso(parameters.get('from')),
    to: toIso(parameters.get('to')),
  };
}

export function writeLogFilter(filter: LogFilter): string {
  const parameters = new URLSearchParams();
  const set = (key: string, value: string | null) => value !== null && value !== '' && parameters.set(key, value);
  set('log', filter.name);
  set('text', filter.text);
  set('levels', filter.levels.join(','));
  set('range', filter.from === null && filter.to === null ? filter.range : null);
  set('from', filter.from);
  set('to', filter.to);
  return parameters.toString();
}

export function isFiltered(filter: LogFilter): boolean {
  return filter.text !== '' || filter.levels.length > 0 || filter.range !== null || filter.from !== null || filter.to !== null;
}

/** The filter as the endpoint takes it. */
export function toLogQuery(filter: LogFilter, nowMs: number): { text?: string; levels?: string; from?: string; to?: string } {
  const ranged = filter.range === null ? null : new Date(nowMs - logRanges[filter.range].ms).toISOString();
  const from = filter.from ?? (filter.to === null ? ranged : null);
  return {
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(filter.levels.length === 0 ? {} : { levels: filter.levels.join(',') }),
    ...(from === null ? {} : { from }),
    ...(filter.to === null ? {} : { to: filter.to }),
  };
}

/** Whether a line that has just been written belongs to what is shown; the same rule the agent searches by. */
export function matchesFilter(line: LogLine, filter: LogFilter): boolean {
  if (filter.levels.length > 0 && !filter.levels.includes(line.level)) return false;
  if (filter.text !== '' && !line.text.toLowerCase().includes(filter.text.toLowerCase())) return false;
  if (filter.to !== null && (line.at === null || line.at > filter.to)) return false;
  return filter.from === null || line.at === null || line.at >= filter.from;
}

function toIso(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
