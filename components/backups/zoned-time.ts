/** "Thu 26 Nov, 03:00" by the clock of a time zone. */
export function formatInZone(at: string, timeZone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const parts = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' }).formatToParts(new Date(at));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')}`;
}

/** The reader's own zone first, then UTC, then every other the browser knows. */
export function listTimeZones(own: string, chosen: string): string[] {
  return [...new Set([own, 'UTC', chosen, ...Intl.supportedValuesOf('timeZone')])];
}

export function findOwnTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
