import { z } from 'zod';

const megabyte = 1_000_000;

/** How fast a database may be read for its backups: 1 MB/s to 10 GB/s. */
export const BackupBytesPerSecond = z
  .number()
  .int('Use whole bytes per second.')
  .min(megabyte, 'At least 1 MB/s: a backup slower than that does not end.')
  .max(10_000 * megabyte, 'At most 10,000 MB/s. Leave the limit out instead.');

type Asked = { name: string; input: unknown };
type Estimate = { lowMs: number; highMs: number; runs: number } | null;
type Limited = { backupBytesPerSecond: number | null; guest: { volumeUsedBytes: number } | null } | null;

/** What earlier runs took, and no less than the instance's limit makes of what is on its volume now. A full backup reads all of it. */
export function applyBackupLimit(estimate: Estimate, { name, input }: Asked, instance: Limited): Estimate {
  const bytesPerSecond = instance?.backupBytesPerSecond ?? null;
  const readBytes = instance?.guest?.volumeUsedBytes ?? 0;
  const isFull = name === 'create-backup' && (input as { parentId?: string | null } | null)?.parentId == null;
  if (!isFull || bytesPerSecond === null || readBytes === 0) return estimate;
  const leastMs = Math.round((readBytes / bytesPerSecond) * 1000);
  return {
    lowMs: Math.max(estimate?.lowMs ?? 0, leastMs),
    highMs: Math.max(estimate?.highMs ?? 0, Math.round(leastMs * 1.25)),
    runs: estimate?.runs ?? 0,
  };
}
