import { toPieces } from '#contract/archived-pieces.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import { Id } from '#contract/names.ts';
import { formatBytes } from '#contract/size-text.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import type { Log } from './log.ts';
import { abandonedMs, isUntouched, readMark } from './storage-marks.ts';
import type { FoundSpan } from './store/archives.ts';
import type { StoragePlace } from './store/storage-sweeps.ts';
import type { Store } from './store/store.ts';

type IsSure = (instanceId: string, place: StoragePlace) => boolean;
type Folder = { instanceId: string; id: string; folder: string };

/**
 * Takes up spans of archives that nobody reported, because the agent was killed just after it began one or the instance was deleted: the
 * sweep of archives then removes what no backup needs, and the rest can be restored from. Only what says to be ours, of an instance of ours,
 * and what nobody can be writing to any more.
 */
export function createOrphanSpans({ store, log }: { store: Store; log: Log }) {
  const { archives, storageSweeps } = store;

  /** `isSure`: every backup that may need one of that instance is known. Answers how many were left alone, and how many cut-off puts were removed. */
  return async (storage: Storage, place: StoragePlace, nowMs: number, isSure: IsSure) => {
    const found = { removed: 0, leftAlone: 0 };
    const instanceIds = await listIds(storage, 'archive/');
    const ours = new Set(await storageSweeps.listInstances(place.projectId, instanceIds));
    for (const instanceId of instanceIds) {
      const ids = await listIds(storage, `archive/${instanceId}/`);
      const known = new Set(await archives.listKnown(ids));
      for (const id of ids.filter((one) => !known.has(one))) {
        const folder = `archive/${instanceId}/${id}/`;
        const outcome =
          ours.has(instanceId) && isSure(instanceId, place) ? await consider(storage, place, { instanceId, id, folder }, nowMs) : 'left';
        if (outcome === 'left') found.leftAlone += 1;
        if (outcome === 'empty') found.removed += await storage.clearInterrupted(folder, nowMs - abandonedMs);
      }
    }
    return found;
  };

  async function consider(storage: Storage, place: StoragePlace, at: Folder, nowMs: number): Promise<'taken' | 'left' | 'empty'> {
    const [objects, key, sinceMs] = [await storage.list(at.folder), `${at.folder}${SpanLabel.fileName}`, nowMs - abandonedMs];
    if (objects.length === 0) return 'empty';
    if (!isUntouched(objects, sinceMs) || !objects.some((object) => object.key === key)) return 'left';
    const label = await readMark(storage, key, SpanLabel.schema);
    if (label?.spanId !== at.id || label.instanceId !== at.instanceId || label.projectId !== place.projectId) return 'left';
    return label.fromMs < sinceMs && (await takeUp(place, toFoundSpan(label, objects, place, nowMs))) ? 'taken' : 'left';
  }

  async function takeUp({ projectId }: StoragePlace, span: FoundSpan): Promise<boolean> {
    const { id, instanceId, storedBytes } = span;
    const isTaken = await store.transact(async (tx) => {
      if (!(await archives.takeUp(tx, span))) return false;
      const sentence = `A part of its continuous archive that was never reported was found in storage: ${formatBytes(storedBytes)}. What a backup needs of it is kept, the rest is removed.`;
      const about = { projectId, instanceId, code: 'archive-taken-up', tone: 'info' as const, sentence, detail: null };
      await store.events.record(tx, { ...about, at: new Date(), origin: `taken-up/${id}` });
      return true;
    });
    if (isTaken) log.info({ span: id, instance: instanceId, bytes: storedBytes }, 'Took up a part of an archive that was never reported.');
    return isTaken;
  }
}

export async function listIds(storage: Storage, below: string): Promise<string[]> {
  return (await storage.listFolders(below)).filter((name) => Id.safeParse(name).success);
}

/** As its agent would have reported it; by the clock of its guest, which may be ahead. */
export function toFoundSpan(
  label: SpanLabel,
  objects: readonly StoredObject[],
  { projectId, storageTargetId }: Pick<StoragePlace, 'projectId' | 'storageTargetId'>,
  nowMs: number,
): FoundSpan {
  const { spanId: id, instanceId, keyId, fromMs, from } = label;
  const pieces = toPieces(objects);
  const toMs = pieces.reduce((reach, { reachMs }) => Math.max(reach, Math.min(reachMs ?? 0, nowMs)), fromMs);
  const endedAtMs = objects.reduce((last, { modifiedAtMs }) => Math.max(last, modifiedAtMs), toMs);
  const storedTo = pieces.reduce<string | null>((end, { to }) => (end === null || to > end ? to : end), null);
  const storedBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const times = { fromMs, toMs, endedAtMs, endReason: 'The control plane was never told of this part of the archive, and found it later.' };
  return { id, instanceId, projectId, storageTargetId, keyId, ...times, storedBytes, storedFrom: from.position, storedTo };
}
