import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GuestboardError } from '#contract/errors.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Database } from '../store/database.ts';
import { loadRows } from '../store/dump.ts';
import { settleRecovered } from '../store/settle-recovered.ts';
import { openWith, readSmall, toRecipient } from './envelope.ts';
import { listSaves, nameKeyFile, nameObjects, readSaveManifest, type SaveManifest } from './objects.ts';

type RecoverOptions = { key: string; storage: Storage; database: Database; keyFile: string };
export type Recovered = { madeAtMs: number; rows: number; instances: number; backups: number };

/**
 * Fills an empty database from the newest save that is whole, and writes the key file it needs. Throws `not-found` where the storage
 * has no save for this key, `backup-damaged` where none can be read; then nothing was written.
 */
export async function recoverControlPlane({ key, storage, database, keyFile }: RecoverOptions): Promise<Recovered> {
  const objects = nameObjects(await toRecipient(key));
  const saves = listSaves(await storage.list(objects.saves), objects.saves).filter(({ isComplete }) => isComplete);
  if (saves.length === 0) throw new GuestboardError('not-found', 'This storage has no save of a control plane with this recovery key.');
  let fault: unknown;
  for (const { folder } of saves) {
    let placed = false;
    try {
      const manifest = await readSaveManifest(storage, folder);
      assertNamed(folder, objects.save(manifest.madeAtMs));
      placed = await placeKeyFile(keyFile, await readKeyFile(key, storage, { objects, manifest }), manifest);
      const lines = readLines(key, storage, folder, manifest);
      const { rows, finished } = await loadRows(database, lines, (client, { madeAt }) => {
        assertNamed(folder, objects.save(Date.parse(madeAt)));
        return settleRecovered(client, manifest.madeAtMs);
      });
      return { madeAtMs: manifest.madeAtMs, rows, ...finished };
    } catch (error) {
      if (placed) await rm(keyFile, { force: true });
      // Another save would not belong to it either; whoever put it there decides.
      if (!(error instanceof GuestboardError) || error.code === 'conflict') throw error;
      fault ??= error;
    }
  }
  throw fault;
}

/** What is sealed in a save says when it was made: an earlier one under a later name would bring yesterday back as today. */
function assertNamed(folder: string, right: string): void {
  if (folder !== right)
    throw new GuestboardError('backup-damaged', 'A save of the control plane is not the one that its name says.', { detail: folder });
}

/** Before the rows, which cannot be read without it. Answers whether it was not there already, from an attempt that was cut short. */
async function placeKeyFile(keyFile: string, keys: string, { madeAtMs }: SaveManifest): Promise<boolean> {
  if (existsSync(keyFile)) {
    const present = readFileSync(keyFile, 'utf8');
    if (holdsKeysOf(present, keys)) return false;
    const save = `the save of ${new Date(madeAtMs).toISOString()}`;
    throw new GuestboardError(
      'conflict',
      `The key file ${keyFile} (${nameKeyFile(present)}) does not belong to ${save}, whose secrets are sealed with key file ${nameKeyFile(keys)}. Move it away, or name another data folder.`,
    );
  }
  await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  await writeFile(keyFile, keys, { mode: 0o600, flag: 'wx' });
  return true;
}

/** A later key file of the same control plane holds the earlier keys, too. */
function holdsKeysOf(present: string, saved: string): boolean {
  const lines = new Set(present.split('\n'));
  return saved.split('\n').every((line) => lines.has(line));
}

type Needed = { objects: ReturnType<typeof nameObjects>; manifest: SaveManifest };

/** The one that the save names; of a save that names none the newest, which holds the older keys, too. */
async function readKeyFile(key: string, storage: Storage, { objects, manifest }: Needed): Promise<string> {
  const stored = (await storage.list(objects.keys)).filter((object) => object.key.startsWith(`${objects.keys}key-file-`));
  const newest = stored.sort((one, other) => other.modifiedAtMs - one.modifiedAtMs)[0];
  if (!newest) throw new GuestboardError('not-found', 'The storage has no key file of this control plane.');
  const named = manifest.keyFile;
  if (named === null) return readSmall(await openWith(key, await storage.get(newest.key)));
  if (!stored.some((object) => object.key === objects.keyFile(named))) {
    const there = stored.map((object) => object.key.slice(objects.keys.length));
    const save = `The save of ${new Date(manifest.madeAtMs).toISOString()}`;
    throw new GuestboardError(
      'not-found',
      `${save} is sealed with key file ${named}, which does not lie beside it. There is ${there.join(', ')}.`,
    );
  }
  const text = await readSmall(await openWith(key, await storage.get(objects.keyFile(named))));
  if (nameKeyFile(text) !== named)
    throw new GuestboardError('backup-damaged', `What lies in the storage as key file ${named} is key file ${nameKeyFile(text)}.`);
  return text;
}

/** Line by line; damage is found at the latest at the end, before anything is committed. */
async function* readLines(key: string, storage: Storage, folder: string, manifest: SaveManifest): AsyncGenerator<string> {
  const digest = createHash('sha256');
  async function* checked(stored: Readable) {
    for await (const chunk of stored) {
      digest.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  const stored = Readable.from(checked(await storage.get(`${folder}rows.age`)), { objectMode: false });
  try {
    const plain = (await openWith(key, stored)).compose(createGunzip()) as Readable;
    yield* createInterface({ input: plain, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    if (cause instanceof GuestboardError) throw cause;
    throw new GuestboardError('backup-damaged', 'A save of the control plane is damaged.', { detail: folder, cause });
  }
  if (digest.digest('hex') !== manifest.sha256)
    throw new GuestboardError('backup-damaged', 'A save of the control plane is damaged.', { detail: folder });
}
