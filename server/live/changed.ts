import type { LiveChange } from '#contract/live.ts';
import { may } from '#contract/may.ts';
import type { Change } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import type { LiveNamespace, RoutedChange } from './live-socket.ts';

/** Shorter than a person sees: a page draws every message, and drawing each state of a busy moment would keep it from its clicks. */
const gatherMs = 50;
/** What is announced for servers alone. */
const unseen: readonly Change['kind'][] = ['access', 'command', 'guest'];

/**
 * Turns announcements into `changed` messages, in commit order: gathers for a moment, reads each resource once as it is now,
 * and gives every socket of this replica what its actor may read.
 */
export function createChangeFeed(store: Store, namespace: LiveNamespace, onFault: (error: unknown) => void) {
  let waiting: Change[] = [];
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function take(change: Change) {
    if (namespace.sockets.size === 0 || unseen.includes(change.kind)) return;
    waiting.push(change);
    timer ??= setTimeout(() => {
      timer = undefined;
      flushing = flushing.then(flush).catch((error: unknown) => {
        onFault(error);
        interrupt();
      });
    }, gatherMs);
  }

  async function flush() {
    const taken = waiting;
    waiting = [];
    const routed = await readChanges(store, taken);
    for (const socket of namespace.sockets.values()) {
      const { data } = socket;
      const own = routed.filter(({ projectId }) => projectId !== null && may(data.actor, 'instance.read', { projectId }));
      if (own.length === 0 || data.actor === null) continue;
      data.number += 1;
      socket.emit('changed', { number: data.number, changes: own.map(({ change }) => change) });
    }
  }

  /** A gap in the numbers: every page reads everything again. */
  function interrupt() {
    for (const { data } of namespace.sockets.values()) data.number += 1;
  }

  return { take, interrupt, close: () => clearTimeout(timer) };
}

/** Each resource once, at the place of its newest announcement. */
async function readChanges(store: Store, changes: readonly Change[]): Promise<RoutedChange[]> {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.kind} ${change.resource}`;
    newest.delete(key);
    newest.set(key, change);
  }
  const ids = [...newest.values()].filter((change) => change.kind === 'instance').map((change) => change.resource);
  const listed = ids.length === 0 ? [] : await store.instances.listByIds({ everything: true }, ids);
  const instances = new Map(listed.map((instance) => [instance.id, instance]));
  const read = async ({ kind, resource, projectId }: Change): Promise<LiveChange | null> => {
    switch (kind) {
      case 'instance': {
        const value = instances.get(resource);
        return value ? { kind, value } : { kind: 'removed', resource: kind, id: resource };
      }
      case 'operation': {
        const value = await store.operations.findForControlPlane(resource);
        return value && { kind, value };
      }
      case 'backup': {
        const value = await store.backups.findForControlPlane(resource);
        return value ? { kind, value } : { kind: 'removed', resource: kind, id: resource };
      }
      case 'backup-schedule': {
        const value = await store.backupSchedules.findForControlPlane(resource);
        return value ? { kind, value } : { kind: 'removed', resource: kind, id: resource };
      }
      case 'configuration-group': {
        const value = await store.configurationGroups.findForControlPlane(resource);
        return value ? { kind, value } : { kind: 'removed', resource: kind, id: resource };
      }
      case 'storage-target': {
        const value = await store.storageTargets.findForControlPlane(resource);
        return value ? { kind, value } : { kind: 'removed', resource: kind, id: resource };
      }
      case 'event': {
        const value = await store.events.findForControlPlane(resource);
        return value && { kind, value };
      }
      case 'project':
      case 'membership':
        return projectId === null ? null : { kind: 'membership', projectId };
      case 'access':
      case 'command':
      case 'guest':
        return null;
    }
  };
  const routed = await Promise.all(
    [...newest.values()].map(async (change) => ({ projectId: change.projectId, change: await read(change) })),
  );
  return routed.flatMap(({ projectId, change }) => (change ? [{ projectId, change }] : []));
}
