import * as z from 'zod';
import type { Backup } from './resources/backup.ts';
import { formatNumber } from './size-text.ts';

const megabyte = 1_000_000;

/** How fast a database may be read for its backups: 1 MB/s to 10 GB/s. */
export const BackupBytesPerSecond = z
  .number()
  .int('Use whole bytes per second.')
  .min(megabyte, 'At least 1 MB/s: a backup slower than that does not end.')
  .max(10_000 * megabyte, 'At most 10,000 MB/s. Leave the limit out instead.');

/** "20 MB/s". */
export function sayPace(bytesPerSecond: number): string {
  return `${formatNumber(bytesPerSecond / megabyte)} MB/s`;
}

type Asked = { name: string; input: unknown };
type Estimate = { lowMs: number; highMs: number; runs: number } | null;
type Limited = {
  instance: { id: string; backupBytesPerSecond: number | null; guest: { volumeUsedBytes: number } | null } | null;
  backups: readonly Pick<Backup, 'instanceId' | 'kind' | 'state' | 'sourceBytes' | 'createdAt'>[];
};

/** What earlier runs took, and no less than the instance's limit makes of what is read. An incremental backup reads as much as has changed. */
export function applyBackupLimit(estimate: Estimate, { name, input }: Asked, facts: Limited): Estimate {
  const bytesPerSecond = facts.instance?.backupBytesPerSecond ?? null;
  const readBytes = findReadBytes(facts);
  const isFull = name === 'create-backup' && (input as { parentId?: string | null } | null)?.parentId == null;
  if (!isFull || bytesPerSecond === null || readBytes === 0) return estimate;
  const leastMs = Math.round((readBytes / bytesPerSecond) * 1000);
  return {
    lowMs: Math.max(estimate?.lowMs ?? 0, leastMs),
    highMs: Math.max(estimate?.highMs ?? 0, Math.round(leastMs * 1.25)),
    runs: estimate?.runs ?? 0,
  };
}

/** As much as the last full backup read; before the first the volume is all that is known, on which logs lie that no backup reads. */
function findReadBytes({ instance, backups }: Limited): number {
  const full = backups
    .filter(({ instanceId, kind, state }) => instanceId === instance?.id && kind === 'full' && state === 'COMPLETED')
    .toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  return full[0]?.sourceBytes ?? instance?.guest?.volumeUsedBytes ?? 0;
}
