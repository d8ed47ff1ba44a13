import { toFault } from '#contract/errors.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type SweepOptions = {
  store: Store;
  openStorage: WorkflowTools['openStorage'];
  log: Log;
  /** Also looks through what is needed in part: lists every piece of it. */
  isThorough: boolean;
};

type Group = { group: string; bytes: number };

/**
 * Archived pieces go with what needs them: older than the oldest kept full backup of their span, or all of a span that has none left. What
 * is to go is written off first: cut off anywhere, nothing is promised that is not there.
 */
export async function sweepArchives({ store, openStorage, log, isThorough }: SweepOptions): Promise<void> {
  for (const { id, instanceId, projectId, storageTargetId, neededFromMs } of await store.archives.listNeeds()) {
    if (neededFromMs !== null && !isThorough) continue;
    try {
      const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
      const storage = await openStorage(address ?? { kind: 'local-directory' }, projectId);
      const folder = `archive/${instanceId}/${id}/`;
      if (neededFromMs === null) {
        await store.archives.writeOffAll(id);
        await storage.deleteFolder(folder);
        await store.archives.removeSpan(id);
      } else {
        await deleteOlder(storage, folder, neededFromMs, (group) => store.archives.writeOff(id, { ...group, neededFromMs }));
      }
    } catch (error) {
      log.warn({ span: id, fault: toFault(error) }, 'Archived pieces nobody needs could not be deleted; it is tried again.');
    }
  }
}

/**
 * Whole groups of the log, oldest first, so that what is left has no hole. One more than needed stays: a backup begins in the file of
 * the log that was being written when it was asked for.
 */
async function deleteOlder(storage: Storage, folder: string, neededFromMs: number, writeOff: (group: Group) => Promise<void>) {
  const groups = new Map<string, StoredObject[]>();
  for (const object of await storage.list(folder)) {
    const [group, name] = object.key.slice(folder.length).split('/');
    if (group !== undefined && name !== undefined) groups.set(group, [...(groups.get(group) ?? []), object]);
  }
  const ordered = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  const first = ordered.findIndex(([, objects]) => objects.some(({ key }) => cutAtMs(key) >= neededFromMs));
  for (const [group, objects] of ordered.slice(0, Math.max(0, (first === -1 ? ordered.length : first) - 1))) {
    await writeOff({ group, bytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
    for (const { key } of objects) await storage.delete(key);
  }
}

function cutAtMs(key: string): number {
  return Number(key.slice(key.lastIndexOf('-') + 1));
}
