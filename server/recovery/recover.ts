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
import { openWith, readText, toRecipient } from './envelope.ts';
import { listSaves, nameObjects, readSaveManifest, type SaveManifest } from './objects.ts';

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
  const isNew = await placeKeyFile(keyFile, await readKeyFile(key, storage, objects.keys));
  let fault: unknown;
  for (const { folder } of saves) {
    try {
      const manifest = await readSaveManifest(storage, folder);
      const lines = readLines(key, storage, folder, manifest);
      const { rows, finished } = await loadRows(database, lines, (client) => settleRecovered(client, manifest.madeAtMs));
      return { madeAtMs: manifest.madeAtMs, rows, ...finished };
    } catch (error) {
      if (!(error instanceof GuestboardError)) throw error;
      fault ??= error;
    }
  }
  if (isNew) await rm(keyFile, { force: true });
  throw fault;
}

/** Before the rows, which cannot be read without it. Answers whether it was not there already, from an attempt that was cut short. */
async function placeKeyFile(keyFile: string, keys: string): Promise<boolean> {
  if (existsSync(keyFile)) {
    if (readFileSync(keyFile, 'utf8') === keys) return false;
    throw new GuestboardError(
      'conflict',
      `The key file ${keyFile} belongs to another control plane. Move it away, or name another data folder.`,
    );
  }
  await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  await writeFile(keyFile, keys, { mode: 0o600, flag: 'wx' });
  return true;
}

/** Of several the newest, which holds the older keys, too. */
async function readKeyFile(key: string, storage: Storage, folder: string): Promise<string> {
  const stored = (await storage.list(folder)).filter((object) => object.key.startsWith(`${folder}key-file-`));
  const newest = stored.sort((one, other) => other.modifiedAtMs - one.modifiedAtMs)[0];
  if (!newest) throw new GuestboardError('not-found', 'The storage has no key file of this control plane.');
  return readText(await openWith(key, await storage.get(newest.key)));
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
