import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Storage } from '#drivers/storage/storage.ts';
import type { RecoveryStore } from '../store/recovery.ts';
import { sealFor } from './envelope.ts';
import { listSaves, nameKeyFile, nameObjects, type SaveManifest } from './objects.ts';

type SaveOptions = { recovery: RecoveryStore; storage: Storage; recipient: string; keyFile: string; nowMs: number };
type ClearOptions = { storage: Storage; recipient: string; keepCount: number; nowMs: number };

/** No save takes so long: what was begun before then ended with the server that made it. */
const abandonedMs = 24 * 3_600_000;

/** Stores the keys, each once, then every row worth keeping. Only the recovery key opens any of it. */
export async function saveControlPlane(options: SaveOptions): Promise<{ bytes: number; rows: number }> {
  const { storage, recipient, nowMs } = options;
  const keyFile = await saveKeys(options);
  const objects = nameObjects(recipient);
  const folder = objects.save(nowMs);
  const manifest = { ...(await saveRows(options, folder)), keyFile };
  await storage.put(`${folder}manifest.json`, Readable.from([Buffer.from(JSON.stringify(manifest))]));
  return { bytes: manifest.sizeBytes, rows: manifest.rows };
}

/** Deletes saves beyond those to keep, and what was left of such as were cut off: the newest complete ones stay. */
export async function clearSaves({ storage, recipient, keepCount, nowMs }: ClearOptions): Promise<void> {
  const { root, saves } = nameObjects(recipient);
  const found = listSaves(await storage.list(saves), saves);
  const kept = found.filter(({ isComplete }) => isComplete).slice(0, keepCount);
  const newest = kept[0]?.folder ?? '';
  for (const save of found) if (!kept.includes(save) && save.folder < newest) await storage.deleteFolder(save.folder);
  await storage.clearInterrupted(`${root}/`, nowMs - abandonedMs);
}

async function saveRows({ recovery, storage, recipient, nowMs }: SaveOptions, folder: string): Promise<Omit<SaveManifest, 'keyFile'>> {
  let rows = 0;
  const digest = createHash('sha256');
  async function* lines() {
    for await (const text of recovery.dumpRows(new Date(nowMs).toISOString())) {
      if (!text.startsWith('#')) rows += text.split('\n').length - 1;
      yield Buffer.from(text);
    }
  }
  const packed = Readable.from(lines(), { objectMode: false }).compose(createGzip()) as Readable;
  const sealed = await sealFor(recipient, packed);
  async function* counted() {
    for await (const chunk of sealed) {
      digest.update(chunk as Buffer);
      yield Buffer.from(chunk as Uint8Array);
    }
  }
  const { sizeBytes } = await storage.put(`${folder}rows.age`, Readable.from(counted(), { objectMode: false }));
  return { format: 'guestboard-save-1', madeAtMs: nowMs, sizeBytes, sha256: digest.digest('hex'), rows };
}

/** Apart from the rows, which say nothing without them: the key file, and what each project's backups are read with. Answers the file's fingerprint. */
async function saveKeys({ recovery, storage, recipient, keyFile }: SaveOptions): Promise<string> {
  const objects = nameObjects(recipient);
  const known = new Set((await storage.list(objects.keys)).map(({ key }) => key));
  const put = async (key: string, text: string) => {
    await storage.put(key, await sealFor(recipient, Readable.from([Buffer.from(text)])));
  };
  const text = await readFile(keyFile, 'utf8');
  const fingerprint = nameKeyFile(text);
  const own = objects.keyFile(fingerprint);
  if (!known.has(own)) await put(own, text);
  for (const project of await recovery.listProjectKeys()) {
    const key = objects.projectKey(project.keyId);
    if (!known.has(key)) await put(key, JSON.stringify({ ...project, password: await recovery.readKey(project.keyId) }));
  }
  return fingerprint;
}
