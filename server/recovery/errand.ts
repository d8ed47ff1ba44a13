import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { StorageAddress } from '#contract/guest/storage-address.ts';
import { computes } from '#drivers/compute/index.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { createStore, type Store } from '../store/store.ts';
import { describeLater, describeRebuilt } from './describe-rebuilt.ts';
import { type BackupPlace, countStrays, rebuildCatalogue } from './rebuild-catalogue.ts';
import { recoverControlPlane } from './recover.ts';

/** As it was given by `--from`. */
type NamedPlace = BackupPlace & { place: string };

/** `recover --key-file F --from <folder or description> … [--catalogue]`. Prints one line that says what is back. */
export async function runRecovery(config: Config, words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      'key-file': { type: 'string', default: '' },
      from: { type: 'string', multiple: true, default: [] },
      catalogue: { type: 'boolean', default: false },
    },
  });
  const key = readFileSync(values['key-file'], 'utf8').trim();
  const places = await Promise.all(values.from.map(openPlace));
  if (values.catalogue) return say(await rebuild(config, key, places));
  const back = await bringBack(config, key, places);
  // The rows are back, whatever else lies there.
  const later = await rebuild(config, key, places, true).catch(
    (error: unknown) => `Of after it nothing could be taken up: ${toFault(error).sentence} Run this again with --catalogue.`,
  );
  say(`${back} ${later}`);
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

async function bringBack(config: Config, key: string, places: BackupPlace[]): Promise<string> {
  const database = openDatabase(config.databaseUrl);
  try {
    if ((await database.prisma.user.count()) > 0)
      throw new GuestboardError('conflict', `${config.data} has been used: recover into an empty data folder, or move this one away.`);
    const back = await tryEach(places, (storage) => recoverControlPlane({ key, storage, database, keyFile: config.keyFile }));
    return `Recovered from the save of ${new Date(back.madeAtMs).toISOString()}: ${back.instances} instances, ${back.backups} backups, ${back.rows} rows.`;
  } finally {
    await database.close();
  }
}

async function rebuild(config: Config, key: string, places: NamedPlace[], isLater = false): Promise<string> {
  const store = createStore({ databaseUrl: config.databaseUrl, keyFile: config.keyFile });
  const compute = computes['local-process']({ dataFolder: config.data, agentFolder: config.agentFolder });
  try {
    const local = async (projectId: string): Promise<BackupPlace> => {
      const address = { kind: 'local-directory' as const };
      return { address, storage: await openStorage(address, compute.backupFolder(projectId)) };
    };
    const listPlaces = async (projectId: string) => {
      const known = await listTargets(store, projectId);
      const named = places.filter(
        ({ address }) => address.kind !== 'local-directory' && !known.some((one) => isSamePlace(one.address, address)),
      );
      return [await local(projectId), ...known, ...named];
    };
    const rebuilt = await tryEach(places, (keys) => rebuildCatalogue({ key, store, keys, listPlaces }));
    const read = compute.places.backups;
    const strays = [];
    for (const { address, storage, place } of places)
      if (address.kind === 'local-directory' && path.relative(read, path.resolve(place)).startsWith('..'))
        strays.push({ place, count: await countStrays(storage, store) });
    return isLater ? describeLater(rebuilt) : describeRebuilt(rebuilt, strays, read);
  } finally {
    await store.close();
  }
}

/** Those that the save knows. */
async function listTargets({ storageSweeps, secrets }: Store, projectId: string): Promise<BackupPlace[]> {
  const places: BackupPlace[] = [];
  for (const { projectId: of, storageTargetId, name, address: sealed } of await storageSweeps.listPlaces()) {
    if (of !== projectId || storageTargetId === null) continue;
    const address = await secrets.unsealPasswords(sealed);
    places.push({ address, target: { id: storageTargetId, name }, storage: await openStorage(address, '') });
  }
  return places;
}

function isSamePlace(one: StorageAddress, other: StorageAddress): boolean {
  return isDeepStrictEqual({ ...one, password: null }, { ...other, password: null });
}

/** The first place that has what is looked for. */
async function tryEach<T>(places: readonly BackupPlace[], look: (storage: BackupPlace['storage']) => Promise<T>): Promise<T> {
  let missing: unknown;
  for (const { storage } of places) {
    try {
      return await look(storage);
    } catch (error) {
      if (!(error instanceof GuestboardError) || error.code !== 'not-found') throw error;
      missing = error;
    }
  }
  throw missing;
}

/** A folder, or a file with the address of a storage and its secret, as the System page offers it. */
async function openPlace(place: string): Promise<NamedPlace> {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new GuestboardError('invalid-input', `${place} does not exist: --from is a folder with saves or a description of a storage.`);
  if (stat.isDirectory())
    return { place, address: { kind: 'local-directory' }, storage: await openStorage({ kind: 'local-directory' }, place) };
  const parsed = StorageAddress.safeParse(JSON.parse(readFileSync(place, 'utf8')));
  if (!parsed.success || parsed.data.kind === 'local-directory')
    throw new GuestboardError('invalid-input', `${place} does not describe a storage.`, { detail: parsed.error?.message });
  return { place, address: parsed.data, storage: await openStorage(parsed.data, place) };
}
