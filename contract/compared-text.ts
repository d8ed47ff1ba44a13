import type { ProofSummary } from './resources/backup-proof.ts';

/** What of it was not compared with the counts of the backup, in words for behind how much there is; null where nothing was left out. */
export function describeCompared({ unit, things, compared }: Pick<ProofSummary, 'unit' | 'things' | 'compared'>): string | null {
  if (things === null || compared === null || things === 0) return null;
  if (compared === 0) return 'none compared';
  // Keys are counted by database: each of them is.
  return unit === 'tables' && compared < things ? `${compared} compared` : null;
}
