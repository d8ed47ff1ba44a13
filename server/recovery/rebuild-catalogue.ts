import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Store } from '../store/store.ts';
import { openWith, readText, toRecipient } from './envelope.ts';
import { nameObjects, ProjectKey } from './objects.ts';

/** A storage with backups in it. A local directory is one project's own. */
export type BackupPlace = { storage: Storage; address: StorageAddress };
type RebuildOptions = {
  key: string;
  store: Pick<Store, 'catalogue'>;
  /** Where the keys lie, and where backups do. */
  keys: Storage;
  listPlaces(projectId: string): Promise<BackupPlace[]>;
};
export type Rebuilt = { projects: number; backups: number; unreadable: string[] };

/** For when no save of the rows is left: projects and their keys from the sealed keys, backups from the manifests beside their parts. */
export async function rebuildCatalogue({ key, store, keys, listPlaces }: RebuildOptions): Promise<Rebuilt> {
  const folder = nameObjects(await toRecipient(key)).keys;
  const stored = (await keys.list(folder)).filter((object) => object.key.startsWith(`${folder}project-`));
  if (stored.length === 0) throw new GuestboardError('not-found', 'This storage has no keys of projects for this recovery key.');
  const projects: ProjectKey[] = [];
  for (const object of stored) projects.push(ProjectKey.parse(JSON.parse(await readText(await openWith(key, await keys.get(object.key))))));
  let backups = 0;
  const unreadable: string[] = [];
  for (const project of projects) {
    await store.catalogue.addProject(project);
    for (const place of await listPlaces(project.projectId)) {
      const found = await readManifests(place.storage, unreadable);
      const own = found.filter((manifest) => manifest.projectId === project.projectId);
      if (own.length === 0) continue;
      const targetId =
        place.address.kind === 'local-directory'
          ? null
          : await store.catalogue.addStorageTarget(project.projectId, randomUUID(), `recovered-${place.address.kind}`, place.address);
      for (const manifest of own) if (await store.catalogue.addBackup(manifest, targetId)) backups += 1;
    }
  }
  return { projects: new Set(projects.map(({ projectId }) => projectId)).size, backups, unreadable: [...new Set(unreadable)] };
}

async function readManifests(storage: Storage, unreadable: string[]): Promise<BackupManifest[]> {
  const manifests: BackupManifest[] = [];
  for (const { key } of await storage.list('')) {
    if (!/^[0-9a-f-]{36}\/manifest\.json$/.test(key)) continue;
    try {
      manifests.push(BackupManifest.parse(JSON.parse(await readText(await storage.get(key)))));
    } catch {
      unreadable.push(key);
    }
  }
  return manifests;
}
