import { chownSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { formatBytes } from '#contract/size-text.ts';
import { takePort, takePortRange } from '#drivers/ports.testsuite.ts';
import { askInstance, until, untilEnded } from './ask-instance.testsuite.ts';
import { testBackupFaults } from './backup-faults.testsuite.ts';
import { addAccount, buildPrograms, type Headless, startHeadless } from './headless.testsuite.ts';
import { testProofOfMoment } from './proof-of-moment.testsuite.ts';
import { testOvertakenProof, testProofTurns } from './proof-turns.testsuite.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './store/throw-away-database.testsuite.ts';

const actor: Actor = { accountId: 'p', name: 'prover', operator: true, memberships: [], tokenId: null };
const projectId = 'proofs';
const password = 'a password of a test';
let database: ThrowAwayDatabase;
let server: Headless;
let folder: string;
let serverFile = '';
let instanceId = '';
let backupId = '';

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  folder = mkdtempSync('/tmp/gb-proof-');
  await chmod(folder, 0o755);
  const programs = await buildPrograms(path.join(folder, 'programs'));
  serverFile = programs.serverFile;
  const [port, portRange] = [await takePort(), await takePortRange()];
  const { url: databaseUrl, keyFile } = database;
  server = await startHeadless({ databaseUrl, keyFile, data: folder, port, nodeId: 'proof', agentFolder: programs.agentFolder, portRange });
  await addAccount(server.store, actor);
  const input = CreateInstanceInput.parse({
    name: 'orders',
    datastore: 'postgresql',
    version: '18',
    databases: [{ name: 'app' }],
    users: [{ name: 'app', password, databases: ['app'] }],
  });
  const facts = await server.store.facts.load(projectId, null, actor);
  const made = await server.store.transact((tx) => server.store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
  instanceId = made.instanceId;
  expect((await ended(made.operationId)).fault).toBeNull();
  await sql('CREATE TABLE goods (n int PRIMARY KEY)', 'INSERT INTO goods SELECT generate_series(1, 1000)');
  backupId = await backUp('whole');
}, 120_000);

afterAll(async () => {
  for (const { id } of (await server?.store.instances.listForControlPlane()) ?? [])
    await ask('force-delete-instance', { confirmName: (await server.store.instances.findForControlPlane(id))?.name }, id).catch(() => {});
  await server?.stop();
  await database?.stop();
  if (serverFile) rmSync(serverFile, { force: true });
  if (folder) rmSync(folder, { recursive: true, force: true });
}, 120_000);

test('a backup is proved on a guest that nobody sees and of which nothing stays', async () => {
  const id = await open('prove-backup', { backupId });
  const seen = new Set<string>();
  const running = async () => !endedStates.includes((await server.store.operations.findForControlPlane(id))?.state ?? 'queued');
  while (await running()) {
    for (const { name } of await server.store.instances.listForControlPlane()) seen.add(name);
    for (const { name } of await server.store.instances.listOfProject(projectId)) seen.add(name);
    if ((await server.store.instances.find({ everything: true }, id)) !== null) seen.add('found');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await ended(id)).fault).toBeNull();
  expect([...seen]).toEqual(['orders']);
  const [proof] = await server.store.backupProofs.listOfBackup(backupId);
  expect(proof).toMatchObject({ id, state: 'proved', things: 1, unit: 'tables', askedBy: 'prover', cause: null });
  expect(proof?.findings).toMatchObject({ rows: 1000, compared: 1, exact: 1, differences: [] });
  expect(proof?.firstQueryMs).toBeGreaterThan(proof?.restoreMs ?? 0);
  const instance = await server.store.instances.findForControlPlane(instanceId);
  expect(instance?.lastProof).toMatchObject({ id, state: 'proved', things: 1 });
  nothingStays();
}, 120_000);

testOvertakenProof(() => ({ server, backupId }));
testProofOfMoment(() => ({ server, folder, projectId, instanceId, backupId, sql, ask, backUp, nothingStays }));
testProofTurns(() => ({ server, open, ended, backUp, nothingStays, backupId }));

const harms: Record<string, (file: string) => void> = {
  'a flipped bit': (file) => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  },
  'a truncated part': (file) => writeFileSync(file, readFileSync(file).subarray(0, -1000)),
  'a missing part': (file) => rmSync(file),
  'a missing manifest': (file) => rmSync(file),
  'a manifest that says otherwise': (file) => writeFileSync(file, forge(file, {})),
  'one that lost its signature, too': (file) => writeFileSync(file, forge(file, { signature: undefined })),
};
const forge = (file: string, more: object) => JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), endPosition: '0/1', ...more });

test.each(Object.keys(harms))(
  '%s is found by a proof and by a restore, and nothing is overwritten',
  async (what) => {
    const stored = path.join(folder, 'backups', projectId, backupId);
    const isManifest = (name: string) => name === 'manifest.json';
    const file = path.join(stored, readdirSync(stored).find((name) => isManifest(name) === /manifest|signature/.test(what)) ?? '');
    await copyFile(file, `${file}.whole`);
    try {
      harms[what]?.(file);
      await sql('INSERT INTO goods VALUES (5000)');
      const restored = await ask('restore-in-place', { backupId, confirmName: 'orders' });
      expect(restored).toMatchObject({ state: 'failed', fault: { code: 'backup-damaged' } });
      const [cause, left] = restored.fault?.sentence.split(' Nothing of') ?? [];
      expect(left).toBe(' the present data was changed. Restore another backup.');
      expect(await rows()).toBe(1001);
      expect(await server.store.instances.findForControlPlane(instanceId)).toMatchObject({ errored: false, unsettledRestoreId: null });
      expect(await server.store.backups.findForControlPlane(backupId)).toMatchObject({ state: 'CORRUPT', failure: cause });
      const proved = await ask('prove-backup', { backupId });
      expect(proved).toMatchObject({ state: 'failed', fault: { code: 'backup-damaged' } });
      const [proof] = await server.store.backupProofs.listOfBackup(backupId);
      expect(proof).toMatchObject({
        state: 'failed',
        cause: proved.fault?.sentence,
        nextStep: expect.stringMatching(/No complete one was made before it. Make a new full one/),
      });
      expect(await server.store.backups.findForControlPlane(backupId)).toMatchObject({ state: 'CORRUPT', failure: proved.fault?.sentence });
      expect((await server.store.instances.findForControlPlane(instanceId))?.lastProof?.state).toBe('failed');
      nothingStays();
    } finally {
      const { uid, gid } = statSync(stored);
      renameSync(`${file}.whole`, file);
      chownSync(file, uid, gid);
      await server.store.transact((tx) => server.store.backups.change(tx, backupId, { state: 'COMPLETED', failure: null }));
      await sql('DELETE FROM goods WHERE n = 5000');
    }
  },
  120_000,
);

test('a key that is gone is said, and a backup that is whole again is taken back by its next proof', async () => {
  const key = await server.store.database.prisma.projectBackupKey.findUniqueOrThrow({ where: { projectId } });
  const secret = await server.store.database.prisma.secret.delete({ where: { id: key.secretId } });
  expect((await ask('prove-backup', { backupId })).fault?.sentence).toMatch(/key .* is not known/);
  await server.store.database.prisma.secret.create({ data: secret });
  expect((await ask('prove-backup', { backupId })).fault).toBeNull();
  expect(await server.store.backups.findForControlPlane(backupId)).toMatchObject({
    state: 'COMPLETED',
    failure: null,
    proof: { state: 'proved' },
  });
}, 120_000);

test('an operation that is lost leaves no guest behind, and its report says that it came to nothing', async () => {
  const id = await open('prove-backup', { backupId });
  await until(async () => (await step(id, 'restore')) === 'running');
  const fault = { code: 'operation-lost' as const, sentence: 'Lost, as after an upgrade.' };
  await server.store.executions.end(id, { state: 'failed', fault });
  await until(async () => (await server.store.backupProofs.findForControlPlane(id))?.state === 'undecided');
  await until(async () => (await server.store.instances.findForControlPlane(id)) === null);
  nothingStays();
  expect((await server.store.backups.findForControlPlane(backupId))?.state).toBe('COMPLETED');
}, 120_000);

test('restored in place: a safety backup first, the rows of then, and nothing put aside is left', async () => {
  await sql('INSERT INTO goods VALUES (5001)');
  const done = await ask('restore-in-place', { backupId, confirmName: 'orders' });
  expect(done.fault).toBeNull();
  expect(await rows()).toBe(1000);
  const safety = await server.store.backups.findForControlPlane(done.id);
  expect(safety).toMatchObject({ name: expect.stringMatching(/^before-restore-/), state: 'COMPLETED', instanceId });
  expect(readdirSync(guestFolder(instanceId)).filter((name) => name.startsWith('data'))).toEqual(['data']);
  const { dataSince = '', unsettledRestoreId } = (await server.store.instances.findForControlPlane(instanceId)) ?? {};
  expect(unsettledRestoreId).toBeNull();
  const [after] = (await server.store.backups.listOfProject(projectId)).filter(({ name }) => name.startsWith('after-restore-'));
  expect(after).toMatchObject({ kind: 'full', state: 'COMPLETED', operationId: done.id });
  expect((after?.createdAt ?? '') >= (dataSince ?? '')).toBe(true);
  // Whatever is written from now on can be restored from it.
  const listBases = async () => (await server.store.archives.findWindow(projectId, instanceId))?.backups.filter(({ isBase }) => isBase);
  await until(async () => (await listBases())?.some(({ id }) => id === after?.id) === true);
  const archiveEnds = async () =>
    (await server.store.events.list(instanceId, { limit: 50 })).items.filter(({ code }) => code === 'archive-ended');
  await until(async () => (await archiveEnds()).length > 0);
  expect(await archiveEnds()).toEqual([expect.objectContaining({ tone: 'info', sentence: expect.stringMatching(/restore in place/) })]);
  const unsafe = await ask('restore-in-place', { backupId: done.id, confirmName: 'orders', override: 'without a safety backup' });
  expect([unsafe.fault, await server.store.backups.findForControlPlane(unsafe.id)]).toEqual([null, null]);
  expect(await rows()).toBe(1001);
}, 120_000);

test('a restore in place that was lost half-way is settled: with the data of before, or with the restored data', async () => {
  const loseRestore = async () => {
    await sql('DELETE FROM goods WHERE n = 1');
    const id = await open('restore-in-place', { backupId, confirmName: 'orders' });
    const find = () => server.store.instances.findForControlPlane(instanceId);
    await until(async () => (await find())?.unsettledRestoreId === id);
    // Its commands move at the same time, and wait for the rows that this holds.
    await server.store.executions.end(id, { state: 'failed', fault: { code: 'operation-lost', sentence: 'Lost.' } });
    expect(await find()).toMatchObject({ errored: true, operationId: null });
    const facts = await server.store.facts.load(projectId, instanceId, actor);
    expect(getOperation('restore-in-place').refuse(facts, null, Date.now())?.reason).toMatch(/Settle that one first/);
  };
  const settled = { errored: false, unsettledRestoreId: null, desiredState: 'running' };
  const before = await rows();
  await loseRestore();
  expect((await ask('settle-restore', { keep: 'old', confirmName: 'orders' })).fault).toBeNull();
  expect(await rows()).toBe(before - 1);
  expect(await server.store.instances.findForControlPlane(instanceId)).toMatchObject(settled);
  await sql('INSERT INTO goods VALUES (1)');
  await loseRestore();
  const kept = await ask('settle-restore', { keep: 'new', confirmName: 'orders' });
  expect(kept.steps.at(-1)).toMatchObject({ key: 'back-up', state: 'succeeded', detail: expect.stringMatching(/MB in/) });
  expect(await rows()).toBe(1000);
  expect(await server.store.instances.findForControlPlane(instanceId)).toMatchObject(settled);
  expect(readdirSync(guestFolder(instanceId)).filter((name) => name.startsWith('data'))).toEqual(['data']);
}, 120_000);

test('a clone has the data, the accounts and the size, and the source is free again', async () => {
  const done = await ask('clone-instance', { name: 'orders-clone' });
  expect(done.fault).toBeNull();
  const clone = await server.store.instances.findForControlPlane(done.id);
  expect(clone).toMatchObject({ name: 'orders-clone', role: 'standalone', firstUser: 'app', operationId: null, errored: false });
  expect(await rows(done.id)).toBe(1000);
  expect(await server.store.instances.findForControlPlane(instanceId)).toMatchObject({ operationId: null, runningStatus: null });
  expect((await server.store.instances.listOfProject(projectId)).map(({ name }) => name).sort()).toEqual(['orders', 'orders-clone']);
}, 120_000);

testBackupFaults(
  () => ({ server, projectId, actor, backups: path.join(folder, 'backups', projectId), open, ended, backupId, rows, guestFolder }),
  () => instanceId,
  async () => (await server.store.instances.listOfProject(projectId)).find(({ name }) => name === 'orders-clone')?.id ?? '',
);

test('a chain is deleted whole, from storage and catalogue', async () => {
  const child = await backUp('child');
  await server.store.transact((tx) => server.store.backups.change(tx, child, { parentId: backupId, kind: 'incremental' }));
  const { store } = server;
  const mistyped = { name: 'delete-backup' as const, input: { backupId, withChain: true, confirmName: 'other' }, actor };
  const facts = await store.facts.load(projectId, null, actor, null, mistyped.input);
  const instance = { id: instanceId, name: 'orders' };
  const refused = await ended(await store.transact((tx) => store.operations.open(tx, { ...mistyped, facts, instance })));
  expect(refused.fault?.code).toBe('refused');
  for (const id of [child, backupId]) expect((await store.backups.findForControlPlane(id))?.state).toBe('COMPLETED');
  const asked = { ...mistyped, input: { ...mistyped.input, confirmName: 'whole' } };
  const [first, second] = await store.transact(async (tx) => {
    const open = () => store.operations.open(tx, { ...asked, facts, instance });
    return [await open(), await new Promise((resolve) => setTimeout(resolve, 10)).then(open)];
  });
  expect((await ended(first)).fault).toBeNull();
  expect((await ended(second)).fault?.code, 'of two at once the one asked for first wins').toMatch(/^(refused|not-found)$/);
  const stored = readdirSync(path.join(folder, 'backups', projectId));
  for (const id of [backupId, child]) {
    expect(await server.store.backups.findForControlPlane(id)).toBeNull();
    expect(stored).not.toContain(id);
  }
}, 120_000);

const findStep = async (id: string, key: string) =>
  (await server.store.operations.findForControlPlane(id))?.steps.find((one) => one.key === key);
const step = async (id: string, key: string) => (await findStep(id, key))?.state;

function nothingStays(): void {
  expect(readdirSync(path.join(folder, 'guests')).filter((name) => /^[0-9a-f]{8}$/.test(name))).toEqual([instanceId.slice(0, 8)]);
}

function guestFolder(id: string): string {
  return path.join(folder, 'guests', id.slice(0, 8));
}

async function backUp(name: string): Promise<string> {
  const done = await ask('create-backup', { name });
  expect(done.fault).toBeNull();
  const { sizeBytes } = (await server.store.backups.findForControlPlane(done.id)) ?? {};
  expect(done.steps.at(-1)?.detail, 'as the list writes it').toContain(`${formatBytes(sizeBytes ?? 0)} in `);
  return done.id;
}

async function rows(id = instanceId): Promise<number> {
  return Number((await askInstance(server.store, id, password, 'SELECT count(*)::int AS n FROM goods'))[0]?.n);
}

async function sql(...statements: string[]): Promise<void> {
  for (const statement of statements) await askInstance(server.store, instanceId, password, statement);
}

async function open(name: OperationName, given: object, id = instanceId): Promise<string> {
  const { store } = server;
  const definition = getOperation(name);
  const input = definition.input.parse(given);
  const isBackups = definition.subject === 'backup';
  const load = () => store.facts.load(projectId, isBackups ? null : id, actor, null, input);
  // The faults of the test before may be healing still.
  await vi.waitFor(async () => expect(definition.refuse(await load(), input, Date.now())).toBeNull(), 20_000);
  const facts = await load();
  const subject = isBackups ? { instance: { id, name: 'orders' } } : {};
  return store.transact((tx) => store.operations.open(tx, { name, input, facts, actor, ...subject }));
}

const ask = async (name: OperationName, given: object, id = instanceId): Promise<Operation> => ended(await open(name, given, id));

const ended = (id: string) => untilEnded(server.store, id);
