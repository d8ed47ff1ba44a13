import { formatNumber } from '#client/format.ts';

/** What was found in a proved backup: "48 tables". Apart from the badge, which the list of instances does not load. */
export function formatThings(count: number, unit: 'tables' | 'keys'): string {
  return `${formatNumber(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
