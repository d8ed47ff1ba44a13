import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { LiveChange } from '#contract/live.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { StorageTarget } from '#contract/resources/storage-target.ts';
import { type BackupsFilter, keys, type OperationsFilter } from './keys.ts';
import { type Journal, keepNewer } from './newer.ts';
import { hasEnded } from './progress.ts';

/** `total`: how many there are, where not all of them are here. */
type Kept<T> = { items: T[]; total?: number };

/** Writes committed changes into the query cache: singles and every list they belong to; a newer revision wins, an older one is dropped. */
export function applyChanges(queries: QueryClient, journal: Journal, changes: readonly LiveChange[]): void {
  const instances = pick(changes, 'instance');
  const operations = pick(changes, 'operation');
  const backups = pick(changes, 'backup');
  const schedules = pick(changes, 'backup-schedule');
  const groups = pick(changes, 'configuration-group');
  const targets = pick(changes, 'storage-target');
  const events = pick(changes, 'event');
  for (const value of [...instances, ...operations, ...backups, ...schedules, ...groups, ...targets]) journal.arrived(value.id);

  setLists<Instance>(queries, keys.instances, instances, () => true);
  for (const value of instances) setSingle(queries, keys.instance(value.id), value);

  setLists<Operation>(queries, keys.everyOperations, operations, (value, key) => operationBelongs(value, key[1] as OperationsFilter));
  for (const value of operations) setSingle(queries, keys.operation(value.id), value);

  setLists<Backup>(queries, keys.everyBackups, backups, (value, key) => backupBelongs(value, key[1] as BackupsFilter));
  for (const value of backups) setSingle(queries, keys.backup(value.id), value);

  setLists<BackupSchedule>(queries, keys.everyBackupSchedule, schedules, (value, key) => value.instanceId === key[1]);
  setLists<ConfigurationGroup>(queries, keys.configurationGroups, groups, () => true);
  setLists<StorageTarget>(queries, keys.storageTargets, targets, () => true);
  // What a target holds is counted from its backups, by the server.
  if (backups.length > 0) void queries.invalidateQueries({ queryKey: keys.storageTargets });
  // A backup that is complete, or gone, changes what can be restored to.
  for (const instanceId of new Set(backups.map((backup) => backup.instanceId)))
    if (instanceId !== null) void queries.invalidateQueries({ queryKey: keys.restoreWindow(instanceId) });
  for (const value of events) addEvent(queries, value);
  askAgain(queries, events);
  for (const change of changes) {
    if (change.kind === 'removed') remove(queries, journal, change.resource, change.id);
    if (change.kind === 'membership') invalidateMembership(queries, change.projectId);
  }
}

function pick<K extends 'instance' | 'operation' | 'backup' | 'backup-schedule' | 'configuration-group' | 'storage-target' | 'event'>(
  changes: readonly LiveChange[],
  kind: K,
) {
  return changes.flatMap((change) => (change.kind === kind ? [change.value] : [])) as Extract<LiveChange, { kind: K }>['value'][];
}

function setSingle<T extends { revision: number }>(queries: QueryClient, key: QueryKey, value: T): void {
  queries.setQueryData<T>(key, (old) => (old === undefined || old.revision <= value.revision ? value : old));
}

function setLists<T extends { id: string; revision: number }>(
  queries: QueryClient,
  prefix: QueryKey,
  values: readonly T[],
  belongs: (value: T, key: QueryKey) => boolean,
): void {
  if (values.length === 0) return;
  for (const [key, data] of queries.getQueriesData<Kept<T>>({ queryKey: prefix })) {
    if (data === undefined) continue;
    const items = keepNewer(data.items, values).filter((item) => belongs(item, key));
    const total = data.total === undefined ? {} : { total: data.total + items.length - data.items.length };
    queries.setQueryData(key, { ...data, items, ...total });
  }
}

/** An operation is among the active ones until it ends, among the failed ones until it is resumed, and in its instance's list for good. */
function operationBelongs(operation: Operation, filter: OperationsFilter): boolean {
  if (filter.instance !== undefined && filter.instance !== operation.instanceId) return false;
  if (filter.states === 'failed') return operation.state === 'failed';
  return filter.states === undefined || !hasEnded(operation);
}

function backupBelongs(backup: Backup, filter: BackupsFilter): boolean {
  return filter.instance === undefined || filter.instance === backup.instanceId;
}

function addEvent(queries: QueryClient, event: InstanceEvent): void {
  queries.setQueryData<Kept<InstanceEvent>>(keys.events(event.instanceId), (old) => {
    if (old === undefined || old.items.some((item) => item.id === event.id)) return old;
    return { ...old, items: [event, ...old.items].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)) };
  });
}

/** What lives in the engine is told by nothing else: the event of a change to it is when pages that show it ask again. */
function askAgain(queries: QueryClient, events: readonly InstanceEvent[]): void {
  const changed = events.filter(({ code }) => /^(database|user|extension|root)-/.test(code));
  for (const instanceId of new Set(changed.map((event) => event.instanceId))) {
    const inside = [keys.databases(instanceId), keys.users(instanceId), keys.root(instanceId), keys.everyExtension(instanceId)];
    for (const queryKey of inside) void queries.invalidateQueries({ queryKey });
  }
}

function remove(queries: QueryClient, journal: Journal, resource: string, id: string): void {
  journal.removed(id);
  const prefix = {
    instance: keys.instances,
    backup: keys.everyBackups,
    'backup-schedule': keys.everyBackupSchedule,
    'configuration-group': keys.configurationGroups,
    'storage-target': keys.storageTargets,
  }[resource];
  if (prefix === undefined) {
    void queries.invalidateQueries({ queryKey: keys.me });
    void queries.invalidateQueries({ queryKey: keys.projects });
    void queries.invalidateQueries({ queryKey: ['members'] });
    return;
  }
  for (const [key, data] of queries.getQueriesData<Kept<{ id: string }>>({ queryKey: prefix })) {
    if (data?.items.some((item) => item.id === id)) {
      const total = data.total === undefined ? {} : { total: data.total - 1 };
      queries.setQueryData(key, { ...data, items: data.items.filter((item) => item.id !== id), ...total });
    }
  }
  void queries.invalidateQueries({ queryKey: [resource, id] });
}

function invalidateMembership(queries: QueryClient, projectId: string): void {
  for (const queryKey of [keys.me, keys.projects, keys.members(projectId), keys.invitations(projectId), keys.tokens]) {
    void queries.invalidateQueries({ queryKey });
  }
}
