import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { signManifest } from '#drivers/storage/manifest-signature.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { createLog } from '../log.ts';
import { createStore, type Store } from '../store/store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from '../store/throw-away-database.testsuite.ts';
import { describeRebuilt } from './describe-rebuilt.ts';
import { createRecoveryDuty, nameLocalFolder } from './duty.ts';
import { makeRecoveryKey, toRecipient } from './envelope.ts';
import { takesUpArchives } from './later-archives.testsuite.ts';
import { nameKeyFile } from './objects.ts';
import { oldManifest } from './old-manifest.testsuite.ts';
import { noteMigrations, withDatabase } from './other-database.testsuite.ts';
import { countStrays, rebuildCatalogue } from './rebuild-catalogue.ts';
import { recoverControlPlane } from './recover.ts';
import { listSaveFolders, replaySave } from './replayed-save.testsuite.ts';

const folder = mkdtempSync('/tmp/gb-recovery-');
const projectId = randomUUID();
const instanceId = randomUUID();
const operationId = randomUUID();
const key = () => readFileSync(path.join(folder, 'recovery-key'), 'utf8').trim();

let lost: ThrowAwayDatabase;
let empty: ThrowAwayDatabase;
let store: Store;
let storage: Storage;
let keyId: string;
let duty: ReturnType<typeof createRecoveryDuty>;
beforeAll(async () => {
  [lost, empty] = await Promise.all([startThrowAwayDatabase(), startThrowAwayDatabase()]);
  // The throw-away database is migrated without a record of it.
  for (const { url } of [lost, empty]) await withDatabase(url, noteMigrations);
  writeFileSync(path.join(folder, 'key'), `${Buffer.alloc(32, 9).toString('base64')}\n`);
  store = createStore({ databaseUrl: lost.url, keyFile: path.join(folder, 'key') });
  const { prisma } = store.database;
  await prisma.user.create({
    data: { id: 'u1', name: 'Ops "the\nfirst"', email: 'ops@invalid', username: 'operator', updatedAt: new Date() },
  });
  await prisma.organization.create({ data: { id: projectId, name: 'Shop', slug: 'shop', createdAt: new Date() } });
  const kind = { datastore: 'postgresql', version: '15', flavorId: 'gb.1g', volumeBytes: 2n ** 40n };
  const row = { id: instanceId, projectId, name: 'orders', ...kind };
  await store.transact((tx) => store.instances.insert(tx, { ...row, host: '127.0.0.1', allowedCidrs: ['10.0.0.0/8', '::/0'] }));
  await prisma.instance.update({ where: { id: instanceId }, data: { operationId } });
  const asked = {
    projectId,
    instanceId,
    instanceName: 'orders',
    title: 'Restart',
    input: {},
    actor: {},
    askedBy: 'operator',
    workflowVersion: '1',
  };
  await prisma.operation.create({ data: { id: operationId, name: 'restart-instance', state: 'running', ...asked } });
  await prisma.operationStep.create({ data: { operationId, position: 1, key: 'stop', title: 'Stop', state: 'running' } });
  keyId = (await store.backupKeys.ensure(projectId)).id;
  duty = createDuty(folder);
  await duty.begin();
  storage = await openStorage({ kind: 'local-directory' }, nameLocalFolder(folder));
});
afterAll(async () => {
  await store.close();
  await Promise.all([lost.stop(), empty.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const createDuty = (data: string, open = openStorage) =>
  createRecoveryDuty({ store, config: { data, keyFile: path.join(folder, 'key') }, log: createLog('silent'), open });

async function recoverEmpty(using = key()) {
  const keyFile = path.join(folder, 'elsewhere', 'key');
  rmSync(path.dirname(keyFile), { recursive: true, force: true });
  return {
    keyFile,
    recovering: withDatabase(empty.url, (database) => recoverControlPlane({ key: using, storage, database, keyFile })),
  };
}

describe('a control plane', () => {
  const begunMs = Date.now() + 60_000;

  test('makes its recovery key once, for its owner alone, and keeps only the public half', async () => {
    const made = key();
    expect(statSync(path.join(folder, 'recovery-key')).mode & 0o777).toBe(0o600);
    await duty.begin();
    expect(key()).toBe(made);
    expect(JSON.stringify(await store.database.prisma.recovery.findMany(), (_, value) => String(value))).not.toContain(made);
  });

  test('saves itself when it is time, once, and says so; what it keeps is sealed', async () => {
    await duty.runDue(begunMs + 1000);
    const first = await store.recovery.describe();
    expect(first).toMatchObject({ fault: null, saved: { to: nameLocalFolder(folder) } });
    expect(first?.saved?.rows).toBeGreaterThan(5);
    await duty.runDue(begunMs + 2000);
    expect(await store.recovery.describe()).toEqual(first);
    const objects = await storage.list('');
    expect(objects.map((object) => object.key.split('/').at(-1))).toEqual(
      expect.arrayContaining(['manifest.json', 'rows.age', `project-${keyId}.age`]),
    );
    const [rows] = objects.filter((object) => object.key.endsWith('rows.age'));
    const bytes = readFileSync(path.join(nameLocalFolder(folder), rows?.key ?? ''));
    expect(bytes.toString('latin1')).toMatch(/^age-encryption.org\/v1/);
    expect(bytes.includes('orders')).toBe(false);
  });

  test('deletes saves beyond those to keep, and the rest of one that was cut short', async () => {
    await store.recovery.change({ keepCount: 2 });
    const cut =
      (await storage.list('')).find((object) => object.key.endsWith('rows.age'))?.key.replace(/saves\/[^/]+/, 'saves/2020-01-01') ?? '';
    await storage.put(cut, Readable.from([Buffer.from('half')]));
    const half = path.join(nameLocalFolder(folder), cut.replace(/2020.*/, 'half.4a5b.partial'));
    writeFileSync(half, '');
    for (const hour of [1, 2, 30]) await duty.runDue(begunMs + hour * 3_600_000 + 5000);
    expect([(await storage.list('')).filter(({ key }) => key.endsWith('rows.age')).length, existsSync(half)]).toEqual([2, false]);
  });

  test('a save in a storage that lets nothing be deleted is whole, says so, and is not made again before its time', async () => {
    const deleteFolder = () => Promise.reject(new GuestboardError('storage-error', 'It denies deleting.'));
    const keeping = createDuty(folder, async (...place) => ({ ...(await openStorage(...place)), deleteFolder }));
    const [savedMs, at] = [begunMs + 31 * 3_600_000 + 5000, new Date(begunMs + 31 * 3_600_000 + 5000).toISOString()];
    await keeping.runDue(savedMs);
    expect(await store.recovery.describe()).toMatchObject({ saved: { at }, fault: { sentence: 'It denies deleting.' }, faultAt: at });
    await keeping.runDue(savedMs + 600_001);
    expect(await store.recovery.describe()).toMatchObject({ saved: { at } });
    await duty.runDue(savedMs + 2 * 3_600_000);
    expect((await store.recovery.describe())?.fault).toBeNull();
  });

  test('says why a save failed, and tries again in minutes', async () => {
    const elsewhere = createDuty(path.join(folder, 'key'));
    await store.recovery.change({});
    await elsewhere.runDue(begunMs + 10 * 3_600_000);
    expect((await store.recovery.describe())?.fault?.sentence).toMatch(/is away/);
    await duty.runDue(begunMs + 10 * 3_600_000 + 6 * 60_000);
    expect((await store.recovery.describe())?.fault).toBeNull();
  });

  test('another key brings nothing back and writes nothing', async () => {
    const { keyFile, recovering } = await recoverEmpty((await makeRecoveryKey()).key);
    await expect(recovering).rejects.toMatchObject({ code: 'not-found' });
    await expect((await recoverEmpty('a word')).recovering).rejects.toMatchObject({ code: 'invalid-input' });
    expect(existsSync(keyFile)).toBe(false);
  });

  test('a key file that does not belong to the save is refused, both by name, and stays; one that does is taken', async () => {
    const own = readFileSync(path.join(folder, 'key'), 'utf8');
    const keyFile = path.join(folder, 'mixed', 'key');
    mkdirSync(path.dirname(keyFile));
    const recover = () => withDatabase(empty.url, (database) => recoverControlPlane({ key: key(), storage, database, keyFile }));
    const foreign = `${Buffer.alloc(32, 5).toString('base64')}\n`;
    writeFileSync(keyFile, foreign);
    const refused = await recover().catch((error: Error) => error.message);
    for (const name of [nameKeyFile(foreign), nameKeyFile(own)]) expect(refused).toContain(name);
    expect(readFileSync(keyFile, 'utf8')).toBe(foreign);
    const [stored] = (await storage.list('')).filter((object) => object.key.includes('/key-file-'));
    const file = path.join(nameLocalFolder(folder), stored?.key ?? '');
    rmSync(keyFile);
    renameSync(file, file.replace(nameKeyFile(own), nameKeyFile(foreign)));
    try {
      await expect(recover()).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringMatching(`${nameKeyFile(own)}.*${nameKeyFile(foreign)}`),
      });
      expect(existsSync(keyFile)).toBe(false);
    } finally {
      renameSync(file.replace(nameKeyFile(own), nameKeyFile(foreign)), file);
    }
  });

  test('comes back from the newest save that is whole, with every secret, and says what was under way', async () => {
    const newest = (await storage.list('')).filter((object) => object.key.endsWith('rows.age')).at(-1)?.key ?? '';
    const file = path.join(nameLocalFolder(folder), newest);
    const bytes = readFileSync(file);
    const damaged = bytes.subarray(0, bytes.length - 40);
    writeFileSync(file, damaged);
    const { madeAtMs, folders } = await replaySave(storage, key());
    const { keyFile, recovering } = await recoverEmpty();
    expect(await recovering).toMatchObject({ instances: 1, backups: 0, madeAtMs });
    const back = createStore({ databaseUrl: empty.url, keyFile });
    try {
      const { prisma } = back.database;
      expect(await prisma.user.findMany()).toMatchObject([{ name: 'Ops "the\nfirst"', username: 'operator' }]);
      expect(await prisma.instance.findMany()).toMatchObject([
        { name: 'orders', volumeBytes: 2n ** 40n, allowedCidrs: ['10.0.0.0/8', '::/0'], operationId: null },
      ]);
      expect(await back.secrets.unseal(keyId)).toBe(await store.secrets.unseal(keyId));
      const operation = await prisma.operation.findUnique({ where: { id: operationId }, include: { steps: true } });
      expect(operation).toMatchObject({ state: 'failed', fault: { code: 'operation-lost' }, steps: [{ state: 'failed' }] });
      expect(await prisma.instanceEvent.findMany()).toMatchObject([{ code: 'control-plane-recovered', instanceId }]);
      // The one that was saved may live on: what it writes is not swept as forgotten.
      expect((await prisma.storageSweep.findFirst())?.nextRunAt.getTime()).toBeGreaterThan(Date.now() + 24 * 3_600_000);
    } finally {
      await back.close();
      writeFileSync(file, bytes);
      await Promise.all(folders.map((replayed) => storage.deleteFolder(replayed)));
    }
  });

  test('the recovery key is made anew: saved for it at once, and a day later nothing is left for the earlier one', async () => {
    const earlier = key();
    const back = (using: string) => listSaveFolders(storage, using);
    expect((await back(earlier)).length).toBeGreaterThan(0);
    // Asked twice at once, one is made, and it is the one that lies there.
    const outcomes = (await Promise.allSettled([duty.renewKey(), duty.renewKey()])).map(({ status }) => status);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    const renewed = key();
    expect(renewed).not.toBe(earlier);
    expect(await toRecipient(renewed)).toBe(await store.recovery.findRecipient());
    expect(readFileSync(path.join(folder, 'recovery-key.earlier'), 'utf8').trim()).toBe(earlier);
    await expect(duty.renewKey()).rejects.toMatchObject({ code: 'conflict' });
    expect(key()).toBe(renewed);
    await duty.runDue(Date.now() + 1000);
    expect((await store.recovery.describe())?.fault).toBeNull();
    expect(await back(renewed)).toHaveLength(1);
    expect((await back(earlier)).length).toBeGreaterThan(0);
    // Cut off before the files were in their places.
    renameSync(path.join(folder, 'recovery-key'), path.join(folder, 'recovery-key.new'));
    renameSync(path.join(folder, 'recovery-key.earlier'), path.join(folder, 'recovery-key'));
    await duty.begin();
    expect(key()).toBe(renewed);
    await duty.runDue(Date.now() + 26 * 3_600_000);
    expect(await store.recovery.describe()).toMatchObject({ fault: null, renewedAt: null });
    expect([await back(earlier), (await back(renewed)).length]).toEqual([[], 2]);
    expect(existsSync(path.join(folder, 'recovery-key.earlier'))).toBe(false);
  });

  test('where no save is left, the catalogue of backups is rebuilt from what lies beside them', async () => {
    for (const name of ['backups', 'brought']) mkdirSync(path.join(folder, name));
    const backups = await openStorage({ kind: 'local-directory' }, path.join(folder, 'backups'));
    const manifest = oldManifest({ instanceId, projectId, keyId });
    const put = (name: string, text: string) => backups.put(`${name}/manifest.json`, Readable.from([Buffer.from(text)]));
    await put(manifest.backupId, JSON.stringify(manifest));
    const projectKey = Buffer.from(await store.secrets.unseal(keyId), 'base64');
    const sign = (change: Partial<BackupManifest> = {}) => {
      const { signature: _, ...unsigned } = { ...manifest, backupId: randomUUID(), startedAtMs: 1500, ...change };
      return { ...unsigned, signature: signManifest(unsigned, projectKey) };
    };
    const [signed, changed, foreign, stripped] = [
      sign(),
      { ...sign(), endPosition: '0/9' },
      sign({ projectId: randomUUID() }),
      sign({ startedAtMs: 1600 }),
    ];
    for (const one of [signed, changed, foreign, { ...stripped, signature: null }]) await put(one.backupId, JSON.stringify(one));
    const [unreadable, long, copied, headless, unfinished] = [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await put(unreadable, '{');
    await put(long, `${' '.repeat(17 * 1024 ** 2)}${JSON.stringify(sign({ backupId: long }))}`);
    await put(copied, JSON.stringify(signed));
    for (const { backupId } of [manifest, signed]) await backups.put(`${backupId}/base.tar`, Readable.from([Buffer.alloc(77)]));
    for (const part of [`${headless}/base.tar`, `${unfinished}/base.tar`, `${unfinished}/begun.json`])
      await backups.put(part, Readable.from([Buffer.from('x')]));
    await withDatabase(empty.url, (database) =>
      database.pool.query('truncate organization, instances, secrets, backups, project_backup_keys, recovery cascade'),
    );
    const fresh = createStore({ databaseUrl: empty.url, keyFile: empty.keyFile });
    try {
      const listPlaces = async () => [{ storage: backups, address: { kind: 'local-directory' as const } }];
      const rebuild = () => rebuildCatalogue({ key: key(), store: fresh, keys: storage, listPlaces });
      const objects = (...ids: string[]) => ids.map((id) => `${id}/manifest.json`).sort();
      expect(await rebuild()).toEqual({
        ...{ projects: 1, backups: 2, archives: 0, away: [], missing: [] },
        unreadable: objects(unreadable, long),
        changed: objects(changed.backupId, stripped.backupId, copied),
        headless: objects(headless),
        foreign: objects(foreign.backupId),
        unsigned: objects(manifest.backupId),
      });
      const stray = { ...manifest, backupId: randomUUID() };
      const above = await openStorage({ kind: 'local-directory' }, path.join(folder, 'brought'));
      await above.put(`${projectId}/${stray.backupId}/manifest.json`, Readable.from([Buffer.from(JSON.stringify(stray))]));
      expect(await countStrays(above, fresh), 'what was brought along is not passed over in silence').toBe(1);
      await takesUpArchives(backups, fresh, { instanceId, projectId, keyId }, rebuild);
      const said = describeRebuilt(await rebuild(), [{ place: '/mnt/brought', count: 1 }], '/data/backups');
      expect(said).toMatch(
        /^Rebuilt .*: 1 project, 0 backups not .* Not taken up: 1 backup in \/mnt\/brought\. .* only \/data\/backups is/,
      );
      const known = (await fresh.backups.listOfProject(projectId)).find(({ id }) => id === manifest.backupId);
      expect(known).toMatchObject({ id: manifest.backupId, state: 'COMPLETED', sizeBytes: 77, version: '15' });
      expect(await fresh.secrets.unseal(keyId)).toBe(await store.secrets.unseal(keyId));
      expect((await fresh.backupKeys.ensure(projectId)).id).toBe(keyId);
    } finally {
      await fresh.close();
    }
  });
});
