import { isDeepStrictEqual } from 'node:util';
import { toFault } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { namePlace } from './held-archives.ts';
import type { Log } from './log.ts';
import { areThere, readMark, toSizes } from './storage-marks.ts';
import type { Store } from './store/store.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type Options = { store: Pick<Store, 'backups' | 'missingBackups' | 'storageSweeps'>; openStorage: WorkflowTools['openStorage']; log: Log };

/** Takes up backups that were missing and lie in their storage again. One that is away says nothing of them. */
export function createMissingBackups({ store, openStorage, log }: Options) {
  return async (): Promise<void> => {
    const missing = await store.missingBackups.list();
    if (missing.length === 0) return;
    for (const place of await store.storageSweeps.listPlaces()) {
      const ids = missing.filter((backup) => namePlace(backup) === namePlace(place)).map(({ id }) => id);
      try {
        const storage = ids.length === 0 ? null : await openStorage(place.address, place.projectId);
        const lying = new Set<string>();
        for (const id of ids) if (storage !== null && (await isLying(storage, id, await store.backups.findManifest(id)))) lying.add(id);
        const count = lying.size === 0 ? 0 : await store.missingBackups.takeUp(place, lying);
        if (count > 0) log.info({ storageTarget: place.storageTargetId, count }, 'Backups that were missing lie in their storage again.');
      } catch (error) {
        log.warn({ storageTarget: place.storageTargetId, fault: toFault(error) }, 'Missing backups could not be looked for.');
      }
    }
  };
}

/** As it was when it was completed, where that is known. */
async function isLying(storage: Storage, id: string, known: unknown): Promise<boolean> {
  const manifest = await readMark(storage, `${id}/manifest.json`, BackupManifest);
  const original = BackupManifest.safeParse(known).data;
  if (original !== undefined && !isDeepStrictEqual(manifest, original)) return false;
  return manifest?.backupId === id && areThere(manifest, toSizes(await storage.list(`${id}/`)));
}
