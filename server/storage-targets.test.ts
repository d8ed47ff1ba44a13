import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StorageTarget, StorageTest } from '#contract/resources/storage-target.ts';
import { type ObjectStore, startObjectStore } from '#drivers/storage/object-store/object-store.testsuite.ts';
import { createBackupLimits } from './backup-limits.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';

let server: TestServer;
let objects: ObjectStore;
let projectId: string;
let token: string;

beforeAll(async () => {
  [server, objects] = await Promise.all([startTestServer(), startObjectStore()]);
  await objects.createContainer('backups');
  projectId = await server.addProject('storage');
  ({ token } = await server.addPerson('storage-admin', { [projectId]: 'admin' }));
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await objects?.stop();
});

const toS3 = (change = {}) => ({
  kind: 's3',
  endpoint: objects.url,
  region: objects.region,
  bucket: 'backups',
  prefix: 'guestboard',
  accessKeyId: objects.user,
  password: objects.password,
  caPem: null,
  ...change,
});
const toSwift = (change = {}) => ({
  kind: 'swift',
  authUrl: objects.authUrl,
  auth: { version: 'v1' },
  region: null,
  container: 'backups',
  prefix: 'guestboard',
  user: objects.user,
  password: objects.password,
  caPem: null,
  ...change,
});

const ask = (method: string, rest: string, body?: unknown) => server.send(method, `/api/storage-targets${rest}`, { token, body });

async function create(name: string, address: unknown, isDefault = false): Promise<StorageTarget> {
  const response = await server.send('POST', '/api/storage-targets', {
    token,
    body: { projectId, name, address, isDefault },
    headers: { 'idempotency-key': randomUUID() },
  });
  expect(response.status).toBe(201);
  return StorageTarget.parse(await response.json());
}

const list = async (): Promise<StorageTarget[]> => (await (await ask('GET', '')).json()).items;
const listDefaults = async () => (await list()).filter((target) => target.isDefault).map(({ name }) => name);
const tryTarget = async ({ id }: StorageTarget) => StorageTest.parse(await (await ask('POST', `/${id}/test`)).json()).steps;

test('a test really writes, reads and deletes, by S3 and by Swift', async () => {
  for (const target of [await create('by-s3', toS3()), await create('by-swift', toSwift())]) {
    const steps = await tryTarget(target);
    expect(steps.map(({ name, fault }) => ({ name, fault }))).toEqual(['write', 'read', 'delete'].map((name) => ({ name, fault: null })));
    for (const { milliseconds } of steps) expect(milliseconds).toBeGreaterThan(0);
  }
  expect(await objects.listNames('backups')).toEqual([]);
});

test('a test that fails names the step and the cause, and takes no further step', async () => {
  const [write, read, remove] = await tryTarget(await create('wrong-key', toS3({ password: 'not the secret' })));
  expect(write).toMatchObject({
    milliseconds: null,
    fault: { code: 'storage-error', sentence: expect.stringContaining('does not accept') },
  });
  expect([read, remove]).toMatchObject([
    { milliseconds: null, fault: null },
    { milliseconds: null, fault: null },
  ]);
  const [missing] = await tryTarget(await create('no-container', toSwift({ container: 'nowhere' })));
  expect(missing?.fault?.sentence).toBe('The container “nowhere” does not exist.');
});

test('no answer and no row carries the secret', async () => {
  const secret = 'a-secret-that-nobody-reads';
  const target = await create('sealed', toS3({ password: secret }));
  const answers = JSON.stringify([target, await list()]);
  expect(answers).not.toContain(secret);
  expect(answers).not.toContain('secretId');
  const { rows } = await server.store.database.pool.query(
    'select address::text, (select count(*) from secrets)::int as secrets from storage_targets where id = $1',
    [target.id],
  );
  expect(rows[0].address).not.toContain(secret);
  expect((await ask('DELETE', `/${target.id}`)).status).toBe(204);
  const after = await server.store.database.pool.query('select count(*)::int as secrets from secrets');
  expect(after.rows[0].secrets).toBe(rows[0].secrets - 1);
});

test('one target of a project is the default, or none', async () => {
  const one = await create('first-default', toS3(), true);
  expect(await listDefaults()).toEqual(['first-default']);
  const two = await create('second-default', toS3(), true);
  expect(await listDefaults()).toEqual(['second-default']);
  await ask('PATCH', `/${one.id}`, { isDefault: true });
  expect(await listDefaults()).toEqual(['first-default']);
  expect((await server.store.storageTargets.findDefault(projectId))?.id).toBe(one.id);
  // Of one that is not the default, nothing changes.
  await ask('PATCH', `/${two.id}`, { isDefault: false });
  expect(await listDefaults()).toEqual(['first-default']);
  await ask('PATCH', `/${one.id}`, { isDefault: false });
  expect(await listDefaults()).toEqual([]);
});

test('a name is taken once, in its project', async () => {
  await create('taken', toS3());
  const again = await ask('POST', '', { projectId, name: 'taken', address: toS3() });
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({ code: 'name-taken', field: 'name' });
});

test('the stored secret stays when it is left out, but is never sent to another place', async () => {
  const target = await create('changed', toS3());
  const { password: _, ...sameReceiver } = toS3({ prefix: 'elsewhere' });
  expect(await (await ask('PATCH', `/${target.id}`, { address: sameReceiver, name: 'renamed' })).json()).toMatchObject({
    name: 'renamed',
    address: { prefix: 'elsewhere' },
  });
  expect((await tryTarget(target)).every(({ fault }) => fault === null)).toBe(true);
  const refused = await ask('PATCH', `/${target.id}`, { address: { ...sameReceiver, endpoint: 'http://127.0.0.1:9' } });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ field: 'address.password' });
  expect((await ask('PATCH', `/${target.id}`, { address: toS3({ password: 'another' }) })).status).toBe(200);
  expect((await tryTarget(target))[0]?.fault?.sentence).toContain('does not accept');
});

test('what holds backups says how much, keeps its place and cannot be deleted', async () => {
  const target = await create('full', toS3());
  const backup = {
    projectId,
    instanceName: 'shop',
    name: 'nightly',
    datastore: 'postgresql',
    version: '18',
    state: 'COMPLETED',
    createdBy: 'test',
  };
  const ids = [randomUUID(), randomUUID()];
  await server.store.transact(async (tx) => {
    for (const id of ids) await server.store.backups.insert(tx, { id, ...backup, sizeBytes: 1500n, storageTargetId: target.id });
    await server.store.backups.insert(tx, { id: randomUUID(), ...backup, sizeBytes: 7n });
    for (const state of ['FAILED', 'CANCELLED', 'DELETE_FAILED'])
      await server.store.backups.insert(tx, { id: randomUUID(), ...backup, name: 'came-to-nothing', state, storageTargetId: target.id });
  });
  const answer = await (await ask('GET', '')).json();
  expect(answer.items.find(({ id }: StorageTarget) => id === target.id)).toMatchObject({ backupCount: 2, usedBytes: 3000 });
  expect(answer.local).toEqual({ backupCount: 1, usedBytes: 7 });
  expect((await ask('PATCH', `/${target.id}`, { address: toS3({ bucket: 'another' }) })).status).toBe(409);
  expect((await ask('PATCH', `/${target.id}`, { address: toS3({ password: 'rotated' }) })).status).toBe(200);
  const refused = await ask('DELETE', `/${target.id}`);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ title: 'Backups lie in this storage. Delete them first.' });
  await server.store.transact(async (tx) => {
    for (const id of ids) await server.store.backups.remove(tx, id);
  });
  const at = new Date();
  const span = { id: randomUUID(), instanceId: randomUUID(), projectId, keyId: randomUUID(), fromAt: at, toAt: at, storedBytes: 1n };
  await server.store.database.prisma.archiveSpan.create({ data: { ...span, storageTargetId: target.id } });
  expect((await ask('PATCH', `/${target.id}`, { address: toS3({ bucket: 'another' }) })).status, 'pieces of an archive').toBe(409);
  await server.store.archives.removeSpan(span.id);
  expect((await ask('DELETE', `/${target.id}`)).status).toBe(204);
  expect((await list()).map(({ name }) => name)).not.toContain('full');
  const left = (await server.store.backups.listOfProject(projectId)).filter(({ name }) => name === 'came-to-nothing');
  expect(left.map(({ storageTargetId }) => storageTargetId)).toEqual([null, null, null]);
});

test('a project goes with its storage targets and their secrets, once nothing needs one of them any more', async () => {
  const { prisma } = server.store.database;
  const goes = await server.addProject('goes');
  const body = { projectId: goes, name: 'its-own', address: toS3(), isDefault: true };
  const headers = { 'idempotency-key': randomUUID() };
  const made = await server.send('POST', '/api/storage-targets', { token: server.operatorToken, body, headers });
  const { id: storageTargetId } = StorageTarget.parse(await made.json());
  const [at, secrets] = [new Date(), await prisma.secret.count()];
  const span = { id: randomUUID(), instanceId: randomUUID(), projectId: goes, keyId: randomUUID(), fromAt: at, toAt: at, storedBytes: 1n };
  await prisma.archiveSpan.create({ data: { ...span, storageTargetId } });
  const remove = () => server.send('DELETE', `/api/projects/${goes}`, { token: server.operatorToken });
  const refused = await remove();
  expect([refused.status, (await refused.json()).title]).toEqual([409, expect.stringContaining('They go by themselves')]);
  await server.store.archives.removeSpan(span.id);
  expect((await remove()).status).toBe(204);
  expect(await prisma.storageTarget.count({ where: { projectId: goes } })).toBe(0);
  expect(await prisma.secret.count()).toBe(secrets - 1);
});

test('another project’s admin sees and reaches none of it', async () => {
  const target = await create('private', toS3());
  const other = await server.addProject('other-storage');
  const stranger = await server.addPerson('stranger-admin', { [other]: 'admin' });
  const asked = await server.send('GET', '/api/storage-targets', { token: stranger.token });
  expect(await asked.json()).toEqual({ items: [], local: { backupCount: 0, usedBytes: 0 } });
  expect((await server.send('POST', `/api/storage-targets/${target.id}/test`, { token: stranger.token })).status).toBe(404);
});

test('how fast an instance may be read for backups: refused by its field, told to its agent once, and again when it changes', async () => {
  const id = await server.addInstance(projectId, 'paced');
  const call = (method: string, at: string, body?: unknown) => server.send(method, at, { token, body });
  const path = `/api/instances/${id}/backup-limit`;
  for (const bytesPerSecond of [0, 999_999, 20_000_000_000, 'fast']) {
    const refused = await call('PUT', path, { bytesPerSecond });
    expect(refused.status).toBe(400);
    expect((await refused.json()).field).toBe('bytesPerSecond');
  }
  const told: (number | null)[] = [];
  let boot = 'one';
  const limits = createBackupLimits({
    store: server.store,
    log: pino({ level: 'silent' }),
    guests: {
      listHeld: () => [{ instanceId: id, connection: boot }],
      query: async (_id: string, _name: string, input: { bytesPerSecond: number | null }) => {
        told.push(input.bytesPerSecond);
      },
    } as never,
  });
  await limits.tellHeld();
  expect(await (await call('PUT', path, { bytesPerSecond: 5_000_000 })).json()).toMatchObject({ id, backupBytesPerSecond: 5_000_000 });
  for (const _twice of [1, 2]) await limits.tellHeld();
  boot = 'two';
  await limits.tellHeld();
  expect(await (await call('PUT', path, { bytesPerSecond: null })).json()).toMatchObject({ backupBytesPerSecond: null });
  await limits.tellHeld();
  expect(told).toEqual([null, 5_000_000, 5_000_000, null]);
  const { items } = await (await call('GET', `/api/instances/${id}/events`)).json();
  expect(items.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
    expect.stringContaining('lifted the speed limit'),
    expect.stringContaining('limited backups to 5 MB/s'),
  ]);
});
