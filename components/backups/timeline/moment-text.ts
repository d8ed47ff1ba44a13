import { formatDateTime, formatExact } from '#client/format.ts';

/** "2026-11-25 17:04:05", with milliseconds where there are any, by the reader's clock. */
export function formatMoment(atMs: number): string {
  const milliseconds = Math.floor(atMs) % 1000;
  return `${formatDateTime(atMs)}${milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}`}`;
}

const shape = /^(\d{4})-(\d\d?)-(\d\d?)[ T]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;

/** A typed or pasted moment, as pages and logs write it: by the reader's clock unless it names its zone. Null for what is none. */
export function parseMoment(text: string): number | null {
  const found = shape.exec(text.trim());
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const milliseconds = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  const parts = [year, month - 1, day, hours, minutes, seconds, milliseconds] as const;
  // The 31st of February is a mistake, not the 3rd of March.
  const plain = new Date(Date.UTC(...parts));
  if (plain.getUTCMonth() !== month - 1 || plain.getUTCDate() !== day || hours > 23 || minutes > 59 || seconds > 59) return null;
  const zone = found[8]?.toUpperCase();
  if (zone === undefined) return new Date(...parts).getTime();
  if (!/^[+-]/.test(zone)) return plain.getTime();
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return plain.getTime() - (zone.startsWith('-') ? -offset : offset) * 60_000;
}

/** A sentence of the contract names moments in UTC; here they stand by the reader's clock, zone included. */
export function localiseMoments(sentence: string): string {
  return sentence.replaceAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/g, (_whole, day: string, time: string) =>
    formatExact(`${day}T${time}Z`),
  );
}
