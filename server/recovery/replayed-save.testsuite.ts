import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Storage } from '#drivers/storage/storage.ts';
import { toRecipient } from './envelope.ts';
import { listSaves, nameObjects } from './objects.ts';

/** Newest first. */
export async function listSaveFolders(storage: Storage, using: string): Promise<string[]> {
  const { saves } = nameObjects(await toRecipient(using));
  return listSaves(await storage.list(saves), saves).map(({ folder }) => folder);
}

/** The second newest under two later names, once with a manifest that fits, as whoever may write there could. `madeAtMs` is its own. */
export async function replaySave(storage: Storage, using: string): Promise<{ madeAtMs: number; folders: string[] }> {
  const { save } = nameObjects(await toRecipient(using));
  const [, earlier = ''] = await listSaveFolders(storage, using);
  const [rows, text] = await Promise.all(['rows.age', 'manifest.json'].map(async (name) => buffer(await storage.get(earlier + name))));
  const manifest = JSON.parse(String(text)) as { madeAtMs: number };
  const { madeAtMs } = manifest;
  const [tomorrowMs, afterMs] = [madeAtMs + 24 * 3_600_000, madeAtMs + 48 * 3_600_000];
  const put = async (folder: string, said: object) => {
    await storage.put(`${folder}rows.age`, Readable.from([rows]));
    await storage.put(`${folder}manifest.json`, Readable.from([Buffer.from(JSON.stringify(said))]));
  };
  await put(save(tomorrowMs), manifest);
  await put(save(afterMs), { ...manifest, madeAtMs: afterMs });
  return { madeAtMs, folders: [save(tomorrowMs), save(afterMs)] };
}
