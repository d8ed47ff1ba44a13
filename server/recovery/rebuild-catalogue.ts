import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { BackupManifest, BackupMark } from '#contract/guest/backup-manifest.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { isSigned, mostManifestBytes } from '#drivers/storage/manifest-signature.ts';
import { readText } from '#drivers/storage/read-text.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { areThere, toSizes } from '../storage-marks.ts';
import type { Store } from '../store/store.ts';
import { openWith, readSmall, toRecipient } from './envelope.ts';
import { nameObjects, ProjectKey } from './objects.ts';
import { listLyingSpans } from './take-up-archives.ts';

/** A storage with backups in it. A local directory is one project's own; `target`: one that the catalogue knows. */
export type BackupPlace = { storage: Storage; address: StorageAddress; target?: { id: string; name: string } };
type RebuildOptions = {
  key: string;
  store: Pick<Store, 'catalogue' | 'recoveredSpans' | 'missingBackups'>;
  /** Where the keys lie, and where backups do. */
  keys: Storage;
  listPlaces(projectId: string): Promise<BackupPlace[]>;
};
export type Rebuilt = {
  projects: number;
  backups: number;
  /** Archives that are new, or reach further than was known. */
  archives: number;
  /** Storages that could not be looked into, and why. */
  away: string[];
  /** Complete ones that were known and do not lie where they should, by the name of the storage; they are marked. */
  missing: { place: string; count: number }[];
  /** Manifests that were left out: no manifests, changed since they were signed, gone from beside their parts, or of no project and key that are here. */
  unreadable: string[];
  changed: string[];
  headless: string[];
  foreign: string[];
  /** Taken, though without a signature, as older agents left them. */
  unsigned: string[];
};

/**
 * For what no save knows, or when none is left: projects and their keys from the sealed keys, backups from the manifests beside their parts,
 * archives from their pieces.
 */
export async function rebuildCatalogue({ key, store, keys, listPlaces }: RebuildOptions): Promise<Rebuilt> {
  const projects = await readProjects(key, keys);
  let [backups, archives] = [0, 0];
  const away: string[] = [];
  const missing: Rebuilt['missing'] = [];
  const [unreadable, changed, unsigned] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [met, taken, headless] = [new Set<string>(), new Set<string>(), new Set<string>()];

  async function take(place: BackupPlace, projectId: string, own: ProjectKey[]): Promise<void> {
    const lookedAtMs = Date.now();
    const { found, unsure } = await readManifests(place.storage, { unreadable, headless });
    for (const { object } of found) met.add(object);
    const ofProject = found.flatMap((one) => {
      const { projectId: of, seal } = one.manifest;
      const sealer = own.find(({ keyId }) => of === projectId && keyId === seal.keyId);
      return sealer === undefined ? [] : [{ ...one, trust: judge(one, found, Buffer.from(sealer.password, 'base64')) }];
    });
    for (const { object } of ofProject) taken.add(object);
    for (const { object, trust } of ofProject) if (trust !== 'signed') (trust === 'changed' ? changed : unsigned).add(object);
    await takeUp(place, projectId, {
      manifests: ofProject.filter(({ trust }) => trust !== 'changed').map(({ manifest }) => manifest),
      own,
    });
    if (place.target === undefined && place.address.kind !== 'local-directory') return;
    const [storageTargetId, name] = [place.target?.id ?? null, place.target?.name ?? 'the local directory'];
    const broken = new Set(ofProject.filter(({ trust }) => trust === 'changed').map(({ object }) => object));
    const lying = new Set(found.filter(({ object, isWhole }) => isWhole && !broken.has(object)).map(({ manifest }) => manifest.backupId));
    const count = await store.missingBackups.note({ projectId, storageTargetId, name }, { lying, unsure, lookedAtMs });
    if (count > 0) missing.push({ place: storageTargetId === null ? `${name} of ${own[0]?.name}` : name, count });
  }

  async function takeUp(place: BackupPlace, projectId: string, { manifests, own }: { manifests: BackupManifest[]; own: ProjectKey[] }) {
    if (manifests.length === 0) return;
    const targetId =
      place.target?.id ??
      (place.address.kind === 'local-directory'
        ? null
        : await store.catalogue.addStorageTarget(projectId, randomUUID(), `recovered-${place.address.kind}`, place.address));
    for (const manifest of manifests) if (await store.catalogue.addBackup(manifest, targetId)) backups += 1;
    const at = { storage: place.storage, projectId, storageTargetId: targetId };
    const keyIds = own.map(({ keyId }) => keyId);
    archives += await store.recoveredSpans.add(await listLyingSpans(at, keyIds));
  }

  for (const projectId of new Set(projects.map((project) => project.projectId))) {
    const own = projects.filter((project) => project.projectId === projectId);
    for (const project of own) await store.catalogue.addProject(project);
    for (const place of await listPlaces(projectId))
      await take(place, projectId, own).catch((error: unknown) => {
        away.push(`${place.target?.name ?? place.address.kind} (${toFault(error).sentence})`);
      });
  }
  const foreign = [...met].filter((object) => !taken.has(object));
  const count = new Set(projects.map(({ projectId }) => projectId)).size;
  const left = { unreadable: [...unreadable], changed: [...changed], headless: [...headless], foreign };
  return { projects: count, backups, archives, away, missing, ...left, unsigned: [...unsigned] };
}

async function readProjects(key: string, keys: Storage): Promise<ProjectKey[]> {
  const folder = nameObjects(await toRecipient(key)).keys;
  const stored = (await keys.list(folder)).filter((object) => object.key.startsWith(`${folder}project-`));
  if (stored.length === 0) throw new GuestboardError('not-found', 'This storage has no keys of projects for this recovery key.');
  const projects: ProjectKey[] = [];
  for (const object of stored)
    projects.push(ProjectKey.parse(JSON.parse(await readSmall(await openWith(key, await keys.get(object.key))))));
  return projects;
}

/** Of a folder elsewhere, or of one above it, backups that no catalogue knows: a guest reaches those of its own local directory alone. */
export async function countStrays(storage: Storage, store: Pick<Store, 'backups'>): Promise<number> {
  const ids = (await storage.list('')).flatMap(({ key }) => /(?:^|\/)([0-9a-f-]{36})\/manifest\.json$/.exec(key)?.[1] ?? []);
  const known = await Promise.all(ids.map((id) => store.backups.findForControlPlane(id)));
  return known.filter((backup) => backup === null).length;
}

/** `isWhole`: where it should lie, with all its parts. */
type Found = { object: string; read: Record<string, unknown>; manifest: BackupManifest; isWhole: boolean };

/** Once its instance's manifests were signed, one without a signature has lost it. */
function judge({ object, read, manifest }: Found, others: readonly Found[], key: Buffer): 'signed' | 'unsigned' | 'changed' {
  if (object !== `${manifest.backupId}/manifest.json`) return 'changed';
  if (manifest.signature !== null) return isSigned(read, key) ? 'signed' : 'changed';
  const { instanceId, startedAtMs } = manifest;
  const isLate = others.some(
    (other) => other.manifest.instanceId === instanceId && other.manifest.startedAtMs < startedAtMs && isSigned(other.read, key),
  );
  return isLate ? 'changed' : 'unsigned';
}

async function readManifests(storage: Storage, { unreadable, headless }: Record<'unreadable' | 'headless', Set<string>>) {
  const found: Found[] = [];
  const unsure = new Set<string>();
  const present = toSizes((await storage.list('')).filter(({ key }) => /^[0-9a-f-]{36}\//.test(key)));
  for (const object of present.keys()) {
    const manifest = `${object.slice(0, 36)}/manifest.json`;
    // What was never completed has its mark still.
    if (!present.has(manifest) && !present.has(`${object.slice(0, 36)}/${BackupMark.fileName}`)) headless.add(manifest);
    if (object !== manifest) continue;
    try {
      const read = z
        .record(z.string(), z.unknown())
        .parse(JSON.parse((await readText(await storage.get(object), mostManifestBytes)) ?? ''));
      const manifest = BackupManifest.parse(read);
      found.push({ object, read, manifest, isWhole: object.startsWith(`${manifest.backupId}/`) && areThere(manifest, present) });
    } catch (error) {
      unreadable.add(object);
      // What the storage would not give now may be right: of that nothing is known.
      if (error instanceof GuestboardError && error.code !== 'not-found') unsure.add(object.slice(0, 36));
    }
  }
  return { found, unsure };
}
