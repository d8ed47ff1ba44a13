import { toFault } from '#contract/errors.ts';
import { BackupMark } from '#contract/guest/backup-manifest.ts';
import { Id } from '#contract/names.ts';
import { testObjectPrefix } from '#contract/resources/storage-target.ts';
import { formatBytes } from '#contract/size-text.ts';
import { readText } from '#drivers/storage/read-text.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import type { Log } from './log.ts';
import type { StoragePlace, SweptBackup } from './store/storage-sweeps.ts';
import type { Store } from './store/store.ts';
import { hasManifest } from './workflows/backup-storage.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type SweepOptions = { store: Store; openStorage: WorkflowTools['openStorage']; log: Log };

const minuteMs = 60_000;
const everyMs = 10 * minuteMs;
/** What ended this long ago, and was not written to since, nobody writes to any more. */
const quietMs = 10 * minuteMs;
/** No command makes a backup for longer than a day: what began before that is nobody's work, wherever it was asked for. */
const abandonedMs = 25 * 60 * minuteMs;
const mostMarkBytes = 64 * 1024;

/**
 * Removes what backups that came to nothing left in storage: parts without a manifest, uploads that never ended. Only what the catalogue
 * says is over, or what names one of our projects and is too old to be under way. A manifest is never touched. And objects that a test of
 * the storage wrote.
 */
export function createOrphanSweep({ store, openStorage, log }: SweepOptions) {
  const { storageSweeps } = store;
  /** Backups of no catalogue of ours: whole they stay, so each is looked into once in this process' life. */
  const whole = new Set<string>();

  async function sweepPlace(place: StoragePlace, nowMs: number) {
    const found = { removed: 0, removedBytes: 0, leftAlone: 0, unknown: 0 };
    const storage = await openStorage(place.address, place.projectId);
    for (const id of (await storage.listFolders()).filter((name) => Id.safeParse(name).success)) {
      const outcome = await sweepBackup(storage, place, id, nowMs);
      if (typeof outcome === 'string') found[outcome] += 1;
      else if (outcome !== null) {
        found.removed += 1;
        found.removedBytes += outcome.bytes;
      }
    }
    for (const { key, modifiedAtMs } of await storage.list(testObjectPrefix)) if (modifiedAtMs < nowMs - quietMs) await storage.delete(key);
    for (const folder of await storageSweeps.listArchiveFolders(place))
      found.removed += await storage.clearInterrupted(folder, nowMs - abandonedMs);
    return found;
  }

  async function sweepBackup(storage: Storage, place: StoragePlace, id: string, nowMs: number) {
    const known = await storageSweeps.findBackup(id);
    if (known !== null && !isOver(known, nowMs)) return null;
    const name = `${place.storageTargetId}/${id}`;
    if (known === null && whole.has(name)) return 'unknown' as const;
    const objects = await storage.list(`${id}/`);
    if (objects.some(({ key }) => key === `${id}/manifest.json`)) {
      if (known !== null) return null;
      whole.add(name);
      return 'unknown' as const;
    }
    const isOurs = known !== null ? isUntouched(objects, nowMs - quietMs) : await isAbandoned(storage, place, id, objects, nowMs);
    if (!isOurs) return known === null ? ('leftAlone' as const) : null;
    // It may have been taken up again since.
    const now = await storageSweeps.findBackup(id);
    if (now?.state !== known?.state || (now !== null && !isOver(now, nowMs))) return null;
    if (await hasManifest(storage, id)) return null;
    await storage.deleteFolder(`${id}/`);
    const bytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    log.info({ backup: id, bytes }, 'Removed what a backup left in storage.');
    if (known !== null) await tell(id, known, bytes);
    return { bytes };
  }

  /** The instance shows it. A deletion that was cut off is now complete, and its backup leaves the catalogue. */
  async function tell(id: string, { projectId, instanceId, name, state }: SweptBackup, bytes: number): Promise<void> {
    const isDeletion = state === 'DELETE_FAILED';
    const size = formatBytes(bytes);
    const sentence = isDeletion
      ? `The deletion of the backup ${name}, which had been cut off, was finished: ${size} were left in storage.`
      : `What the backup ${name} left in storage when it did not end well was removed: ${size}.`;
    await store.transact(async (tx) => {
      if (isDeletion) await store.backups.remove(tx, id);
      if (instanceId === null) return;
      const about = { projectId, instanceId, code: 'backup-remains-removed', tone: 'info' as const, sentence, detail: null };
      await store.events.record(tx, { ...about, at: new Date() });
    });
  }

  return {
    /** When it is time, on one server of several. A storage that is away is said, and the others are swept all the same. */
    runDue: async (nowMs = Date.now()): Promise<void> => {
      if (!(await storageSweeps.claimDue(nowMs, everyMs))) return;
      const sum = { removed: 0, removedBytes: 0, leftAlone: 0, unknown: 0 };
      const faults: { place: string; sentence: string }[] = [];
      for (const place of await storageSweeps.listPlaces()) {
        try {
          const found = await sweepPlace(place, nowMs);
          for (const key of ['removed', 'removedBytes', 'leftAlone', 'unknown'] as const) sum[key] += found[key];
        } catch (error) {
          const fault = toFault(error);
          log.warn({ storageTarget: place.storageTargetId, fault }, 'A storage could not be swept; it is tried again.');
          faults.push({ place: place.name, sentence: fault.sentence });
        }
      }
      await storageSweeps.note({ atMs: nowMs, ...sum, faults });
    },
  };
}

function isOver({ state, endedAtMs, isBusy }: SweptBackup, nowMs: number): boolean {
  return ['FAILED', 'CANCELLED', 'DELETE_FAILED'].includes(state) && !isBusy && endedAtMs !== null && endedAtMs < nowMs - quietMs;
}

function isUntouched(objects: readonly StoredObject[], sinceMs: number): boolean {
  return objects.every(({ modifiedAtMs }) => modifiedAtMs < sinceMs);
}

/** Whose it is says the mark that is stored before the first part. Another installation's, or none, is not ours to remove. */
async function isAbandoned(
  storage: Storage,
  { projectId }: StoragePlace,
  id: string,
  objects: readonly StoredObject[],
  nowMs: number,
): Promise<boolean> {
  const key = `${id}/${BackupMark.fileName}`;
  if (!isUntouched(objects, nowMs - abandonedMs) || !objects.some((object) => object.key === key)) return false;
  const mark = BackupMark.schema.safeParse(parseJson((await readText(await storage.get(key), mostMarkBytes)) ?? ''));
  return mark.success && mark.data.projectId === projectId && mark.data.backupId === id && mark.data.startedAtMs < nowMs - abandonedMs;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
