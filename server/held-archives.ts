import type { StoragePlace, UnknownOf } from './store/storage-sweeps.ts';

type Place = Pick<StoragePlace, 'projectId' | 'storageTargetId'>;
type Instance = { instanceId: string; projectId: string };

export function namePlace({ projectId, storageTargetId }: Place): string {
  return `${projectId}/${storageTargetId ?? 'local'}`;
}

/**
 * What backups need that no catalogue knows must stay: until somebody adds them (`npm run recover -- --catalogue`) it would be taken for
 * needless. So of an instance that has such a backup in a place of its project, of all instances of a project of which a place could not be
 * looked into since the control plane was recovered, and of all until somebody has looked.
 */
export function createHeld(unknownOf: UnknownOf | null): (instance: Instance) => boolean {
  if (unknownOf === null) return () => true;
  const places = Object.entries(unknownOf);
  return ({ instanceId, projectId }) =>
    places.some(([place, ids]) => place.startsWith(`${projectId}/`) && (ids === null || ids.includes(instanceId)));
}
