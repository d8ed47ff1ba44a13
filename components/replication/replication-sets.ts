import type { Instance } from '#contract/resources/instance.ts';

/** A source with its replicas, or an instance that stands alone. A replica whose source is not known stands for itself. */
export type ReplicationSet = { head: Instance; replicas: readonly Instance[] };

/** Every instance in exactly one set; sets with replicas first, then by name. */
export function listReplicationSets(instances: readonly Instance[]): ReplicationSet[] {
  const known = new Set(instances.map((instance) => instance.id));
  const isHead = (instance: Instance) => instance.sourceId === null || !known.has(instance.sourceId);
  return instances
    .filter(isHead)
    .map((head) => ({
      head,
      replicas: instances.filter((instance) => instance.sourceId === head.id).sort((one, other) => one.name.localeCompare(other.name)),
    }))
    .sort(
      (one, other) => Math.min(other.replicas.length, 1) - Math.min(one.replicas.length, 1) || one.head.name.localeCompare(other.head.name),
    );
}

/** The set an instance belongs to. */
export function findReplicationSet(instances: readonly Instance[], instance: Instance): ReplicationSet {
  const headId = instance.sourceId ?? instance.id;
  const found = listReplicationSets(instances).find(
    (set) => set.head.id === headId || set.replicas.some((replica) => replica.id === instance.id),
  );
  return found ?? { head: instance, replicas: [] };
}
