import * as z from 'zod';
import { toFault } from '#contract/errors.ts';
import { BackupMark } from '#contract/guest/backup-manifest.ts';
import { Id } from '#contract/names.ts';
import { testObjectPrefix } from '#contract/resources/storage-target.ts';
import { formatBytes } from '#contract/size-text.ts';
import type { Storage, StoredObject } from '#drivers/storage/storage.ts';
import { createHeld, namePlace } from './held-archives.ts';
import type { Log } from './log.ts';
import { createOrphanSpans } from './orphan-spans.ts';
import { abandonedMs, isUntouched, readMark, toEmptyStorageError } from './storage-marks.ts';
import type { StoragePlace, SweptBackup, UnknownOf } from './store/storage-sweeps.ts';
import type { Store } from './store/store.ts';
import { hasManifest } from './workflows/backup-storage.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type SweepOptions = { store: Store; openStorage: WorkflowTools['openStorage']; log: Log };

const minuteMs = 60_000;
const everyMs = 10 * minuteMs;
/** What ended this long ago, and was not written to since, nobody writes to any more. */
const quietMs = 10 * minuteMs;
type Found = typeof nothing;
const nothing = { removed: 0, removedBytes: 0, leftAlone: 0, unknown: 0 };
/** Of a backup that stays, and that the catalogue does not know as one: whole, or perhaps under way. */
type Stranger = { counts: 'unknown' | 'leftAlone'; of: string | null };
/** Nobody vouches for it: it only keeps things from being removed. */
const Origin = z.object({ instanceId: Id });

/**
 * Removes what backups that came to nothing left in storage: parts without a manifest, uploads that never ended. Only what the catalogue
 * says is over, or what names one of our projects and is too old to be under way. A manifest is never touched. And objects that a test of
 * the storage wrote. Then spans of archives that nobody reported are taken up.
 */
export function createOrphanSweep({ store, openStorage, log }: SweepOptions) {
  const { storageSweeps } = store;
  /** Backups of no catalogue of ours, and whose: whole they stay, so each is looked into once in this process' life. */
  const whole = new Map<string, string | null>();
  const takeUpSpans = createOrphanSpans({ store, log });

  async function sweepPlace(place: StoragePlace, nowMs: number) {
    const found = { ...nothing, unknownOf: new Set<string>() };
    const storage = await openStorage(place.address, place.projectId);
    const folders = await storage.listFolders();
    if (folders.length === 0 && (await storageSweeps.holdsSomething(place))) throw toEmptyStorageError();
    for (const id of folders.filter((name) => Id.safeParse(name).success)) {
      const outcome = await sweepBackup(storage, place, id, nowMs);
      if (outcome === null) continue;
      if ('counts' in outcome) {
        found[outcome.counts] += 1;
        if (outcome.of !== null) found.unknownOf.add(outcome.of);
      } else {
        found.removed += 1;
        found.removedBytes += outcome.bytes;
      }
    }
    for (const { key, modifiedAtMs } of await storage.list(testObjectPrefix)) if (modifiedAtMs < nowMs - quietMs) await storage.delete(key);
    for (const folder of await storageSweeps.listArchiveFolders(place))
      found.removed += await storage.clearInterrupted(folder, nowMs - abandonedMs);
    return found;
  }

  async function sweepBackup(
    storage: Storage,
    place: StoragePlace,
    id: string,
    nowMs: number,
  ): Promise<Stranger | { bytes: number } | null> {
    const known = await storageSweeps.findBackup(id);
    if (known !== null && !isOver(known, nowMs)) return null;
    if (known !== null && isElsewhere(known, place)) return { counts: 'leftAlone', of: null };
    const name = `${namePlace(place)}/${id}`;
    if (known === null && whole.has(name)) return { counts: 'unknown', of: whole.get(name) ?? null };
    const objects = await storage.list(`${id}/`);
    if (objects.some(({ key }) => key === `${id}/manifest.json`)) {
      // A deletion that could not be asked how far it came is tried again by whoever wants it gone.
      if (known !== null) return known.state === 'DELETE_FAILED' ? null : { counts: 'unknown', of: known.instanceId };
      const origin = await readMark(storage, `${id}/manifest.json`, Origin);
      whole.set(name, origin?.instanceId ?? null);
      return { counts: 'unknown', of: origin?.instanceId ?? null };
    }
    if (known === null) {
      const key = `${id}/${BackupMark.fileName}`;
      const mark = objects.some((object) => object.key === key) ? await readMark(storage, key, BackupMark.schema) : null;
      if (!isAbandoned(mark, place, id, objects, nowMs)) return { counts: 'leftAlone', of: mark?.instanceId ?? null };
    } else if (!isUntouched(objects, nowMs - quietMs)) return null;
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
      const sum = { ...nothing };
      const faults: { place: string; sentence: string }[] = [];
      const inEach = async <F extends Found>(places: readonly StoragePlace[], work: (place: StoragePlace) => Promise<F>) => {
        const swept: { place: StoragePlace; found: F }[] = [];
        for (const place of places) {
          try {
            const found = await work(place);
            for (const key of ['removed', 'removedBytes', 'leftAlone', 'unknown'] as const) sum[key] += found[key];
            swept.push({ place, found });
          } catch (error) {
            const fault = toFault(error);
            log.warn({ storageTarget: place.storageTargetId, fault }, 'A storage could not be swept; it is tried again.');
            faults.push({ place: place.name, sentence: fault.sentence });
          }
        }
        return swept;
      };
      const places = await storageSweeps.listPlaces();
      const swept = await inEach(places, (place) => sweepPlace(place, nowMs));
      // What only a backup needs that no catalogue knows would be removed as needed by none.
      const isAway = (place: StoragePlace) => !swept.some((one) => one.place === place);
      const unknownOf: UnknownOf = Object.fromEntries(swept.map(({ place, found }) => [namePlace(place), [...found.unknownOf]]));
      const before = await storageSweeps.findUnknownOf();
      const asBefore = (name: string) => (before === null || before[name] === null ? null : (before[name] ?? []));
      const ofAway = Object.fromEntries(places.filter(isAway).map((place) => [namePlace(place), asBefore(namePlace(place))]));
      const isHeld = createHeld(unknownOf);
      const isSure = (instanceId: string, { projectId }: StoragePlace) =>
        !places.some((one) => one.projectId === projectId && isAway(one)) && !isHeld({ instanceId, projectId });
      await inEach(
        swept.map(({ place }) => place),
        async (place) => {
          const storage = await openStorage(place.address, place.projectId);
          return { ...nothing, ...(await takeUpSpans(storage, place, nowMs, isSure)) };
        },
      );
      await storageSweeps.note({ atMs: nowMs, ...sum, faults, unknownOf: { ...unknownOf, ...ofAway } });
    },
  };
}

/** What lies here is a copy that somebody laid here: what becomes of it says nothing of the backup. */
function isElsewhere({ projectId, storageTargetId, state }: SweptBackup, place: StoragePlace): boolean {
  return projectId !== place.projectId || (state === 'DELETE_FAILED' && storageTargetId !== place.storageTargetId);
}

function isOver({ state, endedAtMs, isBusy }: SweptBackup, nowMs: number): boolean {
  return ['FAILED', 'CANCELLED', 'DELETE_FAILED'].includes(state) && !isBusy && endedAtMs !== null && endedAtMs < nowMs - quietMs;
}

/** Whose it is says the mark that is stored before the first part. Another installation's, or none, is not ours to remove. */
function isAbandoned(
  mark: z.infer<typeof BackupMark.schema> | null,
  { projectId }: StoragePlace,
  id: string,
  objects: readonly StoredObject[],
  nowMs: number,
): boolean {
  const sinceMs = nowMs - abandonedMs;
  return isUntouched(objects, sinceMs) && mark?.projectId === projectId && mark.backupId === id && mark.startedAtMs < sinceMs;
}
