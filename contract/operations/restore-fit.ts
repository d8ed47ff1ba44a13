import type { DatastoreName } from '../datastores/index.ts';
import { getDatastore } from '../datastores/index.ts';
import { type FlavorId, getFlavor } from '../flavors.ts';
import { type Backup, isWhole } from '../resources/backup.ts';

type Target = { datastore: DatastoreName; flavorId: FlavorId; volumeBytes: number };

/** Why what is in a backup does not fit, found before anything is made; null when it does. `sourceBytes` is null where nobody counted. */
export function refuseSize({ datastore, flavorId, volumeBytes }: Target, { sourceBytes }: Pick<Backup, 'sourceBytes'>) {
  if (sourceBytes === null) return null;
  const { title, dataMemoryShare } = getDatastore(datastore);
  if (dataMemoryShare !== undefined && sourceBytes > getFlavor(flavorId).memoryBytes * dataMemoryShare)
    return { field: 'flavorId', reason: `${title} holds all data in memory, and the flavor has too little for the data in this backup.` };
  if (sourceBytes > volumeBytes * 0.9) return { field: 'volumeBytes', reason: 'The volume is too small for the data in this backup.' };
  return null;
}

/** Why a backup is not restored, and which to take instead; null when it is whole. */
export function describeUnfit(backups: readonly Backup[], backup: Backup): string | null {
  if (isWhole(backup, backups)) return null;
  if (backup.state !== 'COMPLETED' && backup.state !== 'CORRUPT')
    return `The backup is ${backup.state.toLowerCase()}; only a completed one can be restored.`;
  const earlier = findEarlier(backups, backup);
  const what = backup.state === 'CORRUPT' ? 'The backup' : 'What the backup builds on';
  return `${what} was found damaged. ${earlier === null ? 'No complete one was made before it.' : `Take ${earlier.name}, the newest complete one before it.`}`;
}

/** The newest whole backup of the same instance from before, with everything that it builds on. */
export function findEarlier(backups: readonly Backup[], { instanceId, createdAt }: Backup): Backup | null {
  const before = backups.filter((one) => one.instanceId === instanceId && one.createdAt < createdAt && isWhole(one, backups));
  return before.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1))[0] ?? null;
}
