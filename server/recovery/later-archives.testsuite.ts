import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { toPieceKey } from '#contract/archived-pieces.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Store } from '../store/store.ts';
import { marksMissing } from './missing-backups.testsuite.ts';
import type { Rebuilt } from './rebuild-catalogue.ts';

type Of = { instanceId: string; projectId: string; keyId: string };

/** What agents archived after the save: it is found, once, however far it lies there, and no span is left growing that nobody can grow. */
export async function takesUpArchives(storage: Storage, store: Store, of: Of, rebuild: () => Promise<Rebuilt>): Promise<void> {
  const spans = () => store.database.prisma.archiveSpan.findMany({ where: { instanceId: of.instanceId }, orderBy: { fromAt: 'asc' } });
  const [early, late] = [await storeSpan(storage, of, 1000), await storeSpan(storage, of, 5000)];
  await Promise.all([early.put(0, 2000), early.put(1, 3000), late.put(0, 6000), late.put(2, 8000)]);
  // Another project's, or sealed with a key that nobody has.
  await (await storeSpan(storage, { ...of, keyId: randomUUID() }, 1000)).put(0, 9000);
  expect(await rebuild()).toMatchObject({ archives: 2, backups: 0, away: [] });
  expect(await spans()).toMatchObject([
    { id: early.id, toAt: new Date(3000), endedAt: new Date(5000), storedTo: 'p2', losses: [] },
    { id: late.id, toAt: new Date(8000), endedAt: new Date(8000), losses: [{ fromMs: 6000, toMs: null }] },
  ]);
  expect(await rebuild()).toMatchObject({ archives: 0, backups: 0, missing: [] });
  await store.database.prisma.archiveSpan.updateMany({ where: { id: late.id }, data: { endedAt: null } });
  await late.put(3, 9000);
  expect(await rebuild(), 'one that the save knew as growing').toMatchObject({ archives: 1 });
  expect((await spans()).at(-1)).toMatchObject({ toAt: new Date(9000), storedTo: 'p4', storedBytes: 3n });
  expect(await store.archives.findWanted(of.instanceId), 'of an instance that nobody has').toBeNull();
  const size = { flavorId: 'gb.1g', volumeBytes: 2n * 1024n ** 3n, host: '127.0.0.1', allowedCidrs: [] };
  const [id, { projectId }] = [randomUUID(), of];
  await store.transact((tx) =>
    store.instances.insert(tx, { id, projectId, name: 'young', datastore: 'postgresql', version: '15', ...size }),
  );
  await (await storeSpan(storage, { ...of, instanceId: id }, 1000)).put(0, 2000);
  expect(await rebuild(), 'begun with a first backup after the save').toMatchObject({ archives: 1 });
  expect(await store.archives.findWanted(id)).toMatchObject({ wanted: true });
  await marksMissing(storage, store, of, rebuild);
}

async function storeSpan(storage: Storage, of: Of, fromMs: number) {
  const id = randomUUID();
  const folder = `archive/${of.instanceId}/${id}`;
  const put = (key: string, text: string) => storage.put(key, Readable.from([Buffer.from(text)]));
  const [from, of15] = [
    { group: 'g', position: 'p0' },
    { datastore: 'postgresql', version: '15' },
  ];
  const label: SpanLabel = { format: 'guestboard-archive-1', spanId: id, ...of, ...of15, fromMs, from };
  await put(`${folder}/${SpanLabel.fileName}`, JSON.stringify(label));
  const piece = (at: number, reachMs: number) =>
    put(toPieceKey(folder, { group: 'g', from: `p${at}`, to: `p${at + 1}`, reachMs, atMs: reachMs }), 'x');
  return { id, put: piece };
}
