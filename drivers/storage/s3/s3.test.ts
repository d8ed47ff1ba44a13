import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../object-store/fault-proxy.testsuite.ts';
import { impatient, testFaults } from '../object-store/faults.testsuite.ts';
import { type ObjectStore, startObjectStore } from '../object-store/object-store.testsuite.ts';
import { toPartSize } from '../read-parts.ts';
import { testStorage } from '../storage.testsuite.ts';
import { beginUpload, listUploads } from './multipart.ts';
import { createS3Requests, type S3Address } from './requests.ts';
import { createS3 } from './s3.ts';

const hourMs = 3_600_000;

describe('S3', () => {
  let store: ObjectStore;
  let proxy: FaultProxy;
  const bucket = 'backups';
  const toAddress = (endpoint: string, change: Partial<S3Address> = {}): S3Address => ({
    kind: 's3',
    endpoint,
    region: store.region,
    bucket,
    prefix: 'own/place',
    accessKeyId: store.user,
    password: store.password,
    caPem: null,
    ...change,
  });
  // Parts are objects of a container beside the bucket here; those of a completed object stay there.
  const listLeftovers = async () =>
    [...((await store.listNames(bucket)) ?? []), ...((await store.listNames(`${bucket}+segments`)) ?? [])].filter((name) =>
      /broken|cancelled/.test(name),
    );
  // Small at first, so that little is enough to have several; then as usual.
  const sizeOf = (number: number) => (number <= 4 ? 1024 * 1024 : toPartSize(number));

  beforeAll(async () => {
    store = await startObjectStore();
    await store.createContainer(bucket);
    proxy = await startFaultProxy(store.url);
  });
  afterAll(async () => {
    await proxy?.stop();
    await store?.stop();
  });

  testStorage(async () => ({ storage: createS3(toAddress(store.url), { sizeOf }), listLeftovers, close: async () => {} }));

  describe('over a network that fails', () => {
    testFaults(() => ({
      proxy,
      open: ({ password, place } = {}, patience = {}) =>
        createS3(toAddress(proxy.url, { ...(password ? { password } : {}), ...(place ? { bucket: place } : {}) }), {
          sizeOf,
          pageSize: 10,
          patience: { ...impatient, ...patience },
        }),
      listLeftovers,
      secrets: [store.password],
    }));
  });

  test('deleting a folder aborts the uploads that were interrupted in it, and no other', async () => {
    const request = createS3Requests(toAddress(store.url));
    await beginUpload(request, 'own/place/folder-1/interrupted');
    await beginUpload(request, 'own/place/folder-10/interrupted');
    const storage = createS3(toAddress(store.url));
    expect(await storage.listFolders()).toEqual(expect.arrayContaining(['folder-1', 'folder-10']));
    await storage.deleteFolder('folder-1/');
    expect((await listUploads(request, 'own/place/folder-')).map(({ name }) => name)).toEqual(['own/place/folder-10/interrupted']);
    expect(await storage.clearInterrupted('folder-10/', Date.now() - hourMs)).toBe(0);
    expect(await storage.clearInterrupted('folder-10/', Date.now() + hourMs)).toBe(1);
    expect(await listUploads(request, 'own/place/folder-')).toEqual([]);
  });

  test('sees nothing outside its prefix', async () => {
    await createS3(toAddress(store.url, { prefix: 'one' })).put('a', Readable.from([Buffer.from('1')]));
    expect(await createS3(toAddress(store.url, { prefix: 'on' })).list('')).toEqual([]);
    expect(await createS3(toAddress(store.url, { prefix: 'one' })).list('')).toMatchObject([{ key: 'a' }]);
  });

  test('a wrong region is said as such', async () => {
    await expect(createS3(toAddress(store.url, { region: 'mars-1' })).list('')).rejects.toMatchObject({
      message: 'The bucket “backups” is not in the region “mars-1”.',
    });
  });
});
