/** 2026-11-25 14:03:12.450, in UTC: as a person types it, too. */
export function formatMoment(atMs: number, withMilliseconds = false): string {
  return new Date(atMs)
    .toISOString()
    .slice(0, withMilliseconds ? 23 : 19)
    .replace('T', ' ');
}

/** Null where it is no moment. */
export function parseMoment(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?$/.exec(text.trim());
  if (match === null) return null;
  const atMs = Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(atMs) ? null : atMs;
}
