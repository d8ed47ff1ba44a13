import { Readable } from 'node:stream';
import { pino } from 'pino';
import { expect } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { createMissingBackups } from '../missing-backups.ts';
import type { Store } from '../store/store.ts';
import { oldManifest } from './old-manifest.testsuite.ts';
import type { Rebuilt } from './rebuild-catalogue.ts';

type Of = { instanceId: string; projectId: string; keyId: string };

/** What the catalogue calls complete and its storage does not have is marked, and unmarked once it lies there again, by whoever looks. */
export async function marksMissing(storage: Storage, store: Store, of: Of, rebuild: () => Promise<Rebuilt>): Promise<void> {
  const manifest = oldManifest(of);
  const id = manifest.backupId;
  const row = { id, projectId: of.projectId, instanceId: of.instanceId, instanceName: 'young', name: 'gone', createdBy: 'x' };
  const made = { datastore: 'postgresql', version: '15', kind: 'full', state: 'COMPLETED', endedAt: new Date(1000) };
  await store.database.prisma.backup.create({ data: { ...row, ...made } });
  const find = () => store.backups.findForControlPlane(id);
  const put = async (name: string, bytes: Buffer) => storage.put(`${id}/${name}`, Readable.from([bytes]));
  const events = async () => (await store.events.list(of.instanceId, { limit: 10 })).items.map(({ sentence }) => sentence);
  const look = (open: () => Promise<Storage>) => createMissingBackups({ store, openStorage: open, log: pino({ level: 'silent' }) })();

  expect(await rebuild()).toMatchObject({ missing: [{ place: expect.stringMatching(/^the local directory of \w\S*$/), count: 1 }] });
  expect(await find()).toMatchObject({
    state: 'CORRUPT',
    missingSince: expect.any(String),
    failure: expect.stringMatching(/not found whole and unchanged in the local directory/),
  });
  expect((await events())[0]).toMatch(/do not lie in the local directory: gone\./);
  await put('manifest.json', Buffer.from(JSON.stringify(manifest)));
  expect(await rebuild(), 'its description alone is no backup').toMatchObject({ missing: [{ count: 1 }] });
  for (const { name, sizeBytes } of manifest.parts) await put(name, Buffer.alloc(sizeBytes));
  await look(async () => Promise.reject(new GuestboardError('storage-away', 'It is away.')));
  expect((await find())?.state, 'of a storage that is away nothing is known').toBe('CORRUPT');
  await look(async () => storage);
  expect(await find()).toMatchObject({ state: 'COMPLETED', missingSince: null, failure: null });
  expect((await events())[0]).toMatch(/missing lie in the local directory again: gone\./);
  await storage.deleteFolder(`${id}/`);
  expect(await rebuild()).toMatchObject({ missing: [{ count: 1 }] });
  await put('manifest.json', Buffer.from(JSON.stringify(manifest)));
  for (const { name, sizeBytes } of manifest.parts) await put(name, Buffer.alloc(sizeBytes));
  expect(await rebuild()).toMatchObject({ missing: [] });
  expect((await find())?.state).toBe('COMPLETED');
  const { get } = storage;
  storage.get = async (key) => (key.startsWith(id) ? Promise.reject(new GuestboardError('storage-error', 'It answers 503.')) : get(key));
  expect(await rebuild(), 'what could not be read is not gone').toMatchObject({ missing: [] });
  storage.get = get;
  expect((await find())?.state).toBe('COMPLETED');
  await store.transact((tx) => store.backups.change(tx, id, { manifest }));
  await put('manifest.json', Buffer.from(JSON.stringify({ ...manifest, signature: 'of somebody else' })));
  expect(await rebuild(), 'changed since it was written').toMatchObject({ missing: [{ count: 1 }] });
  await look(async () => storage);
  expect((await find())?.state).toBe('CORRUPT');
  await put('manifest.json', Buffer.from(JSON.stringify(manifest)));
  await look(async () => storage);
  expect((await find())?.state).toBe('COMPLETED');
  await store.transact((tx) => store.backups.change(tx, id, { state: 'CORRUPT', failure: 'A bit flipped.' }));
  await rebuild();
  expect((await find())?.failure, 'what was found damaged stays so').toBe('A bit flipped.');
  await storage.deleteFolder(`${id}/`);
  await store.database.prisma.backup.delete({ where: { id } });
}
