import type { Backup } from '#contract/resources/backup.ts';

type Estimate = { lowMs: number; highMs: number; runs: number };
const mostRuns = 20;

/** How long a backup took; null while it is made, and of one whose end is not known. */
export function findDurationMs({ createdAt, endedAt }: Backup): number | null {
  return endedAt === null ? null : Date.parse(endedAt) - Date.parse(createdAt);
}

/** Bytes of the database read per second; null where either is not known. */
export function findBytesPerSecond(backup: Backup): number | null {
  const durationMs = findDurationMs(backup);
  if (backup.state !== 'COMPLETED' || durationMs === null || durationMs <= 0 || backup.sourceBytes === null) return null;
  return backup.sourceBytes / (durationMs / 1000);
}

/** What the last runs of the same instance and kind took: the range that eight in ten of them kept. Null before the first. */
export function estimateBackup(backup: Backup, all: readonly Backup[]): Estimate | null {
  const took = all
    .filter(
      (other) =>
        other.state === 'COMPLETED' && other.instanceId !== null && other.instanceId === backup.instanceId && other.kind === backup.kind,
    )
    .toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1))
    .slice(0, mostRuns)
    .flatMap((other) => findDurationMs(other) ?? [])
    .sort((one, other) => one - other);
  const [low, high] = [took[Math.floor((took.length - 1) * 0.1)], took[Math.ceil((took.length - 1) * 0.9)]];
  return low === undefined || high === undefined ? null : { lowMs: low, highMs: high, runs: took.length };
}
