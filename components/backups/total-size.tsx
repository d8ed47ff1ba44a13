import { Bytes } from '#components/ui/quantity.tsx';
import type { Backup } from '#contract/resources/backup.ts';

/** What backups take in storage, as far as it is known. */
export function TotalSize({ backups }: { backups: readonly Backup[] }) {
  return <Bytes of={backups.reduce((sum, backup) => sum + (backup.sizeBytes ?? 0), 0)} />;
}
