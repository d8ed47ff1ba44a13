import type { DatastoreName } from '../datastores/index.ts';
import { getDatastore } from '../datastores/index.ts';
import { type FlavorId, getFlavor } from '../flavors.ts';
import { type Backup, isWhole } from '../resources/backup.ts';
import { formatBytes } from '../size-text.ts';
import { isBeingDeleted } from './delete-backup.ts';
import type { OperationFacts } from './operation.ts';

type Target = { datastore: DatastoreName; flavorId: FlavorId; volumeBytes: number };

/** The rest of a volume is the log's and the engine's own. */
export const volumeShare = 0.9;

/** What it names suffices: sizes are shown to a tenth. */
export function sayTooSmall(what: string, bytes: number): string {
  const tenth = 1024 ** 3 / 10;
  return `The volume is too small for ${what}, ${formatBytes(bytes)}: take ${formatBytes(Math.ceil(bytes / volumeShare / tenth) * tenth)} or more.`;
}

/** Why what is in a backup does not fit, found before anything is made; null when it does. `sourceBytes` is null where nobody counted. */
export function refuseSize({ datastore, flavorId, volumeBytes }: Target, { sourceBytes }: Pick<Backup, 'sourceBytes'>) {
  if (sourceBytes === null) return null;
  const { title, dataMemoryShare } = getDatastore(datastore);
  if (dataMemoryShare !== undefined && sourceBytes > getFlavor(flavorId).memoryBytes * dataMemoryShare)
    return {
      field: 'flavorId',
      reason: `${title} holds all data in memory, and the flavor has too little for the ${formatBytes(sourceBytes)} in this backup.`,
    };
  if (sourceBytes > volumeBytes * volumeShare) return { field: 'volumeBytes', reason: sayTooSmall('the data in this backup', sourceBytes) };
  return null;
}

/** Why a backup is not restored, and which to take instead; null when it is whole and stays. */
export function describeUnfit(facts: Pick<OperationFacts, 'backups' | 'backupsBeingDeleted'>, backup: Backup): string | null {
  const staying = facts.backups.filter((one) => !isBeingDeleted(facts, one));
  const earlier = findEarlier(staying, backup);
  const instead = earlier === null ? 'No complete one was made before it.' : `Take ${earlier.name}, the newest complete one before it.`;
  if (!staying.includes(backup)) return `The backup is being deleted. ${instead}`;
  const { backups } = facts;
  if (isWhole(backup, backups)) return null;
  if (backup.state !== 'COMPLETED' && backup.state !== 'CORRUPT')
    return `The backup is ${backup.state.toLowerCase()}; only a completed one can be restored.`;
  const broken = findBroken(backup, backups);
  const what = broken === backup ? 'The backup' : 'What the backup builds on';
  return `${what} ${broken?.missingSince ? 'is missing in its storage' : 'was found damaged'}. ${instead}`;
}

/** The nearest one that cannot be relied on; null where that is gone from the catalogue. */
function findBroken(backup: Backup, backups: readonly Backup[]): Backup | null {
  const seen = new Set<string>();
  let next: Backup | undefined = backup;
  while (next !== undefined && next.state === 'COMPLETED' && !seen.has(next.id)) {
    const { id, parentId }: Backup = next;
    seen.add(id);
    next = backups.find((one) => one.id === parentId);
  }
  return next ?? null;
}

/** The newest whole backup of the same instance from before, with everything that it builds on. */
export function findEarlier(backups: readonly Backup[], { instanceId, createdAt }: Backup): Backup | null {
  const before = backups.filter((one) => one.instanceId === instanceId && one.createdAt < createdAt && isWhole(one, backups));
  return before.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1))[0] ?? null;
}
