import { type ArchiveLoss, findLosses, toPieces } from '#contract/archived-pieces.ts';
import { toFault } from '#contract/errors.ts';
import { writeMoment } from '#contract/moment-text.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import { createHeld } from './held-archives.ts';
import type { Log } from './log.ts';
import { toEmptyStorageError } from './storage-marks.ts';
import type { SpanNeed } from './store/archives.ts';
import type { Store } from './store/store.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type SweepOptions = { store: Store; openStorage: WorkflowTools['openStorage']; log: Log; now?: () => number };
const confirmAfterMs = 60_000;

type Group = { name: string; objects: StoredObject[] };

/**
 * Archived pieces go with what needs them: older than the oldest kept full backup of their span, or all of a span that has none left. What
 * is to go is written off first: cut off anywhere, nothing is promised that is not there. Nothing goes that a backup may need which no
 * catalogue knows. Thorough, it also looks through what is needed
 * in part, every piece of it, and notes which are lost once it has missed them twice, a minute apart: a listing may lag behind, or run beside
 * another sweep.
 */
export function createArchiveSweep({ store, openStorage, log, now = Date.now }: SweepOptions) {
  const { archives } = store;
  const looks = new Map<string, { losses: string; isSure: boolean; atMs: number }>();
  const isToConfirm = (id: string) => {
    const last = looks.get(id);
    return last !== undefined && !last.isSure && now() - last.atMs >= confirmAfterMs;
  };

  async function remove({ id }: SpanNeed, storage: Storage, folder: string): Promise<void> {
    await archives.writeOffAll(id);
    await storage.deleteFolder(folder);
    await archives.removeSpan(id);
  }

  async function lookThrough(span: SpanNeed, neededFromMs: number, storage: Storage, folder: string): Promise<void> {
    const objects = await storage.list(folder);
    if (objects.length === 0 && (await storage.listFolders()).length === 0) throw toEmptyStorageError();
    const { older, kept } = divide(objects, folder, neededFromMs);
    let { storedFrom } = span;
    for (const { name: group, objects } of older) {
      // What is left begins where this ends.
      const endsAt = toPieces(objects).reduce<string | null>((end, { to }) => (end === null || to > end ? to : end), storedFrom);
      const bytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      await archives.writeOff(span.id, { group, bytes, neededFromMs, endsAt });
      storedFrom = endsAt;
      for (const { key } of objects) await storage.delete(key);
    }
    const left = kept.filter(({ name }) => span.deletedTo === null || name > span.deletedTo).flatMap(({ objects }) => objects);
    const losses = findLosses(toPieces(left), { storedFrom, storedTo: span.storedTo });
    const isSure = looks.get(span.id)?.losses === JSON.stringify(losses);
    if (isSure && (await archives.noteLosses(span.id, losses))) await tell(span, losses);
    looks.set(span.id, { losses: JSON.stringify(losses), isSure, atMs: now() });
  }

  async function tell({ projectId, instanceId, id }: SpanNeed, losses: readonly ArchiveLoss[]): Promise<void> {
    log.warn({ span: id, losses }, 'Pieces of an archive that were stored are no longer in the storage, or are there again.');
    const about = { projectId, instanceId, detail: null, at: new Date() };
    const event =
      losses.length === 0
        ? {
            code: 'archive-found',
            tone: 'good' as const,
            sentence: 'The pieces of the continuous archive that were missing are there again.',
          }
        : { code: 'archive-lost', tone: 'broken' as const, sentence: describeLosses(losses) };
    await store.transact((tx) => store.events.record(tx, { ...about, ...event }));
  }

  return async (isThorough: boolean): Promise<void> => {
    const [isHeld, spans] = [createHeld(await store.storageSweeps.findUnknownOf()), await archives.listNeeds()];
    for (const span of spans) {
      const { id, instanceId, projectId, storageTargetId } = span;
      if (isHeld(span) && span.neededFromMs === null) continue;
      const neededFromMs = isHeld(span) ? 0 : span.neededFromMs;
      if (neededFromMs !== null && !isThorough && !isToConfirm(id)) continue;
      try {
        const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
        const storage = await openStorage(address ?? { kind: 'local-directory' }, projectId);
        const folder = `archive/${instanceId}/${id}/`;
        if (neededFromMs === null) await remove(span, storage, folder);
        else await lookThrough(span, neededFromMs, storage, folder);
      } catch (error) {
        log.warn({ span: id, fault: toFault(error) }, 'An archive’s pieces in storage could not be looked through; it is tried again.');
      }
    }
  };
}

/**
 * Whole groups of the log, oldest first, so that what is left has no hole. One more than needed stays: a backup begins in the file of
 * the log that was being written when it was asked for.
 */
function divide(objects: readonly StoredObject[], folder: string, neededFromMs: number): { older: Group[]; kept: Group[] } {
  const groups = new Map<string, StoredObject[]>();
  for (const object of objects) {
    const [group, name] = object.key.slice(folder.length).split('/');
    if (group !== undefined && name !== undefined) groups.set(group, [...(groups.get(group) ?? []), object]);
  }
  const ordered = [...groups].map(([name, ofGroup]) => ({ name, objects: ofGroup })).sort((one, other) => (one.name < other.name ? -1 : 1));
  const first = ordered.findIndex((group) => group.objects.some(({ key }) => cutAtMs(key) >= neededFromMs));
  const end = Math.max(0, (first === -1 ? ordered.length : first) - 1);
  return { older: ordered.slice(0, end), kept: ordered.slice(end) };
}

function cutAtMs(key: string): number {
  return Number(key.slice(key.lastIndexOf('-') + 1));
}

function describeLosses(losses: readonly ArchiveLoss[]): string {
  const moments = losses.map(({ fromMs, toMs }) => {
    const start = fromMs === null ? 'moments' : `moments after ${writeMoment(fromMs)}`;
    return toMs === null ? start : `${start}, up to the first backup that began after ${writeMoment(toMs)}`;
  });
  return `Pieces of the continuous archive that were stored are no longer in the storage. These cannot be restored: ${moments.join('; ')}.`;
}
