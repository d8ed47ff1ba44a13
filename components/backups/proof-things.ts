import { formatNumber } from '#client/format.ts';
import { describeCompared } from '#contract/compared-text.ts';
import type { ProofSummary } from '#contract/resources/backup-proof.ts';

/** What was found in a proved backup: "48 tables". Apart from the badge, which the list of instances does not load. */
export function formatThings(count: number, unit: 'tables' | 'keys'): string {
  return `${count === 0 ? 'no' : formatNumber(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

/** "48 tables, 20 compared": also how much of it could be compared, where that was not all. */
export function formatFound(proof: Pick<ProofSummary, 'unit' | 'things' | 'compared'>): string | null {
  const { things, unit } = proof;
  if (things === null || unit === null) return null;
  return [formatThings(things, unit), describeCompared(proof)].filter(Boolean).join(', ');
}
