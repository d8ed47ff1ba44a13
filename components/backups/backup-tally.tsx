import { formatNumber } from '#client/format.ts';
import type { BackupList } from '#client/queries/backups.ts';
import { Bytes } from '#components/ui/quantity.tsx';
import type { Backup } from '#contract/resources/backup.ts';

/** How many backups there are, and what those that were read take in storage, as far as it is known. */
export function BackupTally({ list }: { list: BackupList }) {
  return (
    <>
      {countBackups(list)} · <Bytes of={sumStored(list.items)} />
    </>
  );
}

/** What lies there: not what its storage does not have any more. */
export function sumStored(backups: readonly Pick<Backup, 'sizeBytes' | 'missingSince'>[]): number {
  return backups.reduce((sum, { sizeBytes, missingSince }) => sum + (missingSince === null ? (sizeBytes ?? 0) : 0), 0);
}

/** Very many are read in several goes, the newest first: until the last, what is shown, found and summed is not all there is. */
export function countBackups({ items, total }: { items: readonly unknown[]; total: number }): string {
  return total > items.length ? `the newest ${formatNumber(items.length)} of ${formatNumber(total)}` : formatNumber(items.length);
}
