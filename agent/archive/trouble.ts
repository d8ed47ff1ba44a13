import { existsSync } from 'node:fs';
import { GuestboardError, toFault } from '#contract/errors.ts';
import type { ArchiveFacts } from '#contract/guest/facts.ts';
import { formatBytes } from '#contract/size-text.ts';
import { measureFreeDisk } from '../disk-usage.ts';
import type { LogLook } from './source.ts';

type Kept = Pick<LogLook, 'keptBytes' | 'keptLimitBytes'>;

const lateMs = 30_000;
const reserveBytes = 512 * 1024 ** 2;

/** Whether the engine cannot be asked just now, which its own state tells. */
export function isEngineAway(error: unknown): boolean {
  return error instanceof GuestboardError && error.code === 'engine-unavailable';
}

/** How it stands, and why; `lagMs` is null where nothing grows. That much is kept already is said beside the reason for it. */
export function toArchiveFacts(seen: { trouble: ArchiveFacts['error']; kept: Kept; lagMs: number | null }): ArchiveFacts {
  const { trouble, kept, lagMs } = seen;
  const nearly = isNearlyFull(kept);
  if (trouble === null && nearly !== null) return { state: 'behind', error: nearly };
  if (trouble === null) return { state: lagMs === null || lagMs > lateMs ? 'behind' : 'on', error: null };
  return { state: 'broken', error: nearly === null ? trouble : { sentence: `${trouble.sentence} ${nearly.sentence}`, next: nearly.next } };
}

export function pauseMs(failures: number, mostMs = 15_000): number {
  return Math.min(mostMs, 250 * 2 ** Math.min(failures, 10)) * (0.75 + Math.random() / 2);
}

/** A folder that is away says so itself. */
export function isNearlyFullDisk(folder: string): boolean {
  return existsSync(folder) && measureFreeDisk(folder) < reserveBytes;
}

/** In a person's words: the cause, and what ends it. */
export function describeTrouble(
  error: unknown,
  { isStoring = false, isLocal = false }: { isStoring?: boolean; isLocal?: boolean } = {},
): NonNullable<ArchiveFacts['error']> {
  const { code, sentence, detail } = toFault(error);
  const isAway = code === 'storage-away';
  const cause = detail === undefined ? sentence : `${sentence} ${detail.replace(/[.\s]*$/, '')}.`;
  if (isStoring || isAway || code === 'storage-error' || code === 'wrong-credentials')
    return {
      sentence: `The archive does not reach its storage: ${cause}`.slice(0, 500),
      next: `${isLocal ? seeToHost(isAway) : 'Test the storage target.'} What is not stored meanwhile is kept on the volume, up to a limit.`,
    };
  return {
    sentence: `The archive does not go on: ${cause}`.slice(0, 500),
    next: 'It is tried again. Read the log of the instance if this lasts.',
  };
}

function seeToHost(isAway: boolean): string {
  return isAway
    ? 'See on the control plane’s host that the disk of its backups is mounted and their folder has the rights it had.'
    : 'See to the host’s disk: delete backups there, or have it enlarged.';
}

/**
 * Tells once on the way up: the disk, and with it the database, comes before the archive. Then not before most of it was stored, since a
 * storage that is hardly slow enough goes up and down around the mark.
 */
export function createLimitWarning(tell: (nearly: NonNullable<ArchiveFacts['error']>) => void): (kept: Kept) => void {
  let isWarned = false;
  return (kept) => {
    const nearly = isNearlyFull(kept);
    if (nearly !== null && !isWarned) tell(nearly);
    isWarned = nearly !== null || (isWarned && kept.keptBytes > kept.keptLimitBytes / 4);
  };
}

/** Said at half of what the engine keeps at most. */
function isNearlyFull({ keptBytes, keptLimitBytes }: Kept): ArchiveFacts['error'] {
  if (keptLimitBytes <= 0 || keptBytes < keptLimitBytes / 2) return null;
  return {
    sentence: `More than half of the ${formatBytes(keptLimitBytes)} that the database keeps for the archive is not stored yet.`,
    next: 'See why the storage is slow, or enlarge the volume. At the limit the archive is given up and leaves a gap.',
  };
}
