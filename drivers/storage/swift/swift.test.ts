import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../object-store/fault-proxy.testsuite.ts';
import { impatient, testFaults } from '../object-store/faults.testsuite.ts';
import { type ObjectStore, startObjectStore } from '../object-store/object-store.testsuite.ts';
import { toPartSize } from '../read-parts.ts';
import { testStorage } from '../storage.testsuite.ts';
import type { SwiftAddress } from './session.ts';
import { createSwift } from './swift.ts';

const hourMs = 3_600_000;

describe('Swift', () => {
  let store: ObjectStore;
  let proxy: FaultProxy;
  const container = 'backups';
  const toAddress = (url: string, change: Partial<SwiftAddress> = {}): SwiftAddress => ({
    kind: 'swift',
    authUrl: `${url}/auth/v1.0`,
    auth: { version: 'v1' },
    region: null,
    container,
    prefix: 'own/place',
    user: store.user,
    password: store.password,
    caPem: null,
    ...change,
  });
  const listNames = async (part: string) => ((await store.listNames(container)) ?? []).filter((name) => name.includes(part));
  const listLeftovers = async () => ((await store.listNames(container)) ?? []).filter((name) => /broken|cancelled/.test(name));
  // Small at first, so that little is enough to have several; then as usual.
  const sizeOf = (number: number) => (number <= 4 ? 1024 * 1024 : toPartSize(number));
  const bytes = randomBytes(5 * 1024 * 1024 + 3);
  const read = async (key: string, tuning = {}) =>
    Buffer.concat(await (await createSwift(toAddress(store.url), tuning).get(key)).toArray());

  beforeAll(async () => {
    store = await startObjectStore();
    await store.createContainer(container);
    proxy = await startFaultProxy(store.url);
  });
  afterAll(async () => {
    await proxy?.stop();
    await store?.stop();
  });

  testStorage(async () => ({ storage: createSwift(toAddress(store.url), { sizeOf }), listLeftovers, close: async () => {} }));

  describe('over a network that fails', () => {
    testFaults(() => ({
      proxy,
      open: ({ password, place } = {}, patience = {}) =>
        createSwift(toAddress(proxy.url, { ...(password ? { password } : {}), ...(place ? { container: place } : {}) }), {
          sizeOf,
          pageSize: 10,
          patience: { ...impatient, ...patience },
        }),
      listLeftovers,
      secrets: [store.password],
    }));
  });

  test('a token that expires in the middle of a put is renewed', async () => {
    let puts = 0;
    proxy.inject((request) => {
      puts += request.method === 'PUT' ? 1 : 0;
      return request.method === 'PUT' && puts === 3 ? 'expire-token' : 'none';
    });
    const storage = createSwift(toAddress(proxy.url), { sizeOf, patience: impatient });
    expect(await storage.put('token/x', Readable.from([bytes]))).toEqual({ sizeBytes: bytes.length });
    expect(proxy.seen.filter((line) => line.includes('/auth/v1.0'))).toHaveLength(2);
    expect((await read('token/x')).equals(bytes)).toBe(true);
  });

  test('a token that is never taken ends the request', async () => {
    proxy.inject(({ url }) => (url?.includes('/auth/') ? 'none' : 'expire-token'));
    await expect(createSwift(toAddress(proxy.url), { patience: impatient }).list('')).rejects.toMatchObject({ code: 'storage-error' });
  });

  test('segments are hidden, go with the object, and do not outlive one that is replaced', async () => {
    const storage = createSwift(toAddress(store.url), { sizeOf });
    await storage.put('seg/x', Readable.from([bytes]));
    await storage.put('seg/x/below', Readable.from([bytes]));
    expect(await listNames('.segments/seg/x.partial/')).toHaveLength(5);
    expect(await storage.list('')).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'seg/x', sizeBytes: bytes.length })]));
    expect((await storage.list('')).filter(({ key }) => key.includes('segments'))).toEqual([]);
    await storage.put('seg/x', Readable.from([bytes.subarray(0, 1024 * 1024 + 1)]));
    expect(await listNames('.segments/seg/x.partial/')).toHaveLength(2);
    await storage.put('seg/x', Readable.from([Buffer.from('small')]));
    expect(await listNames('.segments/seg/x.partial/')).toEqual([]);
    expect(await listNames('.segments/seg/x/below.partial/')).toHaveLength(5);
    await storage.delete('seg/x/below');
    expect(await listNames('seg/x')).toEqual(['own/place/seg/x']);
  });

  test('more segments than one manifest takes are manifests of manifests', async () => {
    const tuning = { sizeOf: () => 512 * 1024, manifestSegments: 4 };
    const storage = createSwift(toAddress(store.url), tuning);
    expect(await storage.put('nested/x', Readable.from([bytes]))).toEqual({ sizeBytes: bytes.length });
    expect((await read('nested/x')).equals(bytes)).toBe(true);
    expect(await storage.list('nested/')).toMatchObject([{ sizeBytes: bytes.length }]);
    await storage.deleteFolder('nested/');
    expect(await listNames('nested')).toEqual([]);
  });

  test('what an interrupted put left goes with its folder', async () => {
    const storage = createSwift(toAddress(proxy.url), { sizeOf, patience: { ...impatient, attempts: 1 } });
    let puts = 0;
    proxy.inject(({ method }) => {
      puts += method === 'PUT' ? 1 : 0;
      return puts > 2 ? { status: 503 } : 'none';
    });
    await expect(storage.put('left/x', Readable.from([bytes]))).rejects.toMatchObject({ code: 'storage-error' });
    expect((await listNames('left/')).length).toBeGreaterThan(0);
    proxy.inject(() => 'none');
    expect(await storage.listFolders()).toContain('left');
    await storage.put('left-whole/x', Readable.from([bytes]));
    expect(await storage.clearInterrupted('left-whole/', Date.now() + hourMs)).toBe(0);
    expect((await read('left-whole/x')).equals(bytes)).toBe(true);
    expect(await storage.clearInterrupted('left/', Date.now() - hourMs)).toBe(0);
    expect((await listNames('left/')).length).toBeGreaterThan(0);
    await storage.deleteFolder('left/');
    expect(await listNames('left/')).toEqual([]);
  });

  test('signs in by Keystone v3 and finds the region’s endpoint in its catalog', async () => {
    const keystone = await startKeystone(store);
    try {
      const auth = { version: 'v3', project: 'backups', userDomain: 'Default', projectDomain: 'Default' } as const;
      const address = toAddress(store.url, { authUrl: keystone.url, auth, region: 'two' });
      await createSwift(address).put('v3/x', Readable.from([Buffer.from('by Keystone')]));
      expect((await read('v3/x')).toString()).toBe('by Keystone');
      await expect(createSwift({ ...address, region: 'three' }).list('')).rejects.toMatchObject({
        message: expect.stringContaining('no object storage in the region “three”'),
      });
      await expect(createSwift({ ...address, password: 'wrong' }).list('')).rejects.toMatchObject({
        message: expect.stringContaining('does not accept the user'),
      });
    } finally {
      keystone.stop();
    }
  });
});

/** Answers as Keystone does, with a token of the real server. */
async function startKeystone(store: ObjectStore) {
  const signedIn = await fetch(store.authUrl, { headers: { 'X-Auth-User': store.user, 'X-Auth-Key': store.password } });
  const token = signedIn.headers.get('x-auth-token') ?? '';
  const toEndpoint = (region: string, url: string) => ({ interface: 'public', region, region_id: region, url });
  const endpoints = [toEndpoint('one', 'http://127.0.0.1:1'), toEndpoint('two', signedIn.headers.get('x-storage-url') ?? '')];
  const server = http.createServer(async (request, response) => {
    const { auth } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const right = request.url === '/v3/auth/tokens' && auth.identity.password.user.password === store.password && auth.scope.project.name;
    if (!right) return void response.writeHead(401).end(JSON.stringify({ error: { code: 401, title: 'Unauthorized' } }));
    const catalog = [{ type: 'object-store', endpoints }];
    response.writeHead(201, { 'X-Subject-Token': token }).end(JSON.stringify({ token: { catalog } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}
