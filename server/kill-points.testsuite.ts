import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { takePort, takePortRange } from '#drivers/ports.testsuite.ts';
import { listBuildStatuses } from './ask-instance.testsuite.ts';
import { addAccount, buildPrograms, type HeadlessOptions } from './headless.testsuite.ts';
import { type Kill, listRounds, type Round } from './kill-cases.testsuite.ts';
import { createStore, type Store } from './store/store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './store/throw-away-database.testsuite.ts';

// For every step of every operation, from the registry, the server is killed before the effect, between effect and checkpoint, and after.
const seed = Number(process.env.GUESTBOARD_KILL_SEED ?? Math.floor(Math.random() * 1e9));
console.log(`GUESTBOARD_KILL_SEED=${seed}`);
const actor: Actor = { accountId: 'k', name: 'killer', operator: true, memberships: [], tokenId: null };
const projectId = 'kills';

let database: ThrowAwayDatabase;
let store: Store;
let folder: string;
let serverFile: string;
let options: Omit<HeadlessOptions, 'killAt'>;
let server: ChildProcess | null = null;
let baseId = '';
let serial = 0;

/** The rounds on the base, or those on guests of their own: a file for each, so that they share the machine's cores. */
export function testKillPoints(subject: 'base' | 'guest'): void {
  beforeAll(setUp, 120_000);
  afterAll(tearDown, 120_000);
  for (const [number, round] of listRounds(seed).entries()) {
    if ((round.kind === 'base') !== (subject === 'base')) continue;
    const titles = round.passes.map(({ operation, kills }) => [operation, ...kills.map(({ step, place }) => `${step}:${place}`)].join(' '));
    const kills = round.passes.flatMap((pass) => pass.kills);
    test(`round ${number + 1}: ${titles.join(', ')}`, () => play(round), 240_000 + 60_000 * kills.length);
  }
}

async function setUp(): Promise<void> {
  database = await startThrowAwayDatabase();
  folder = mkdtempSync('/tmp/gb-kill-');
  chmodSync(folder, 0o755);
  const programs = await buildPrograms(path.join(folder, 'programs'));
  serverFile = programs.serverFile;
  const [port, portRange] = [await takePort(), await takePortRange()];
  const { url: databaseUrl, keyFile } = database;
  const logLevel = process.env.GUESTBOARD_LOG_LEVEL ?? 'error';
  options = {
    databaseUrl,
    keyFile,
    data: folder,
    port,
    nodeId: 'kill',
    agentFolder: programs.agentFolder,
    portRange,
    logLevel,
  };
  store = createStore({ databaseUrl, keyFile });
  await addAccount(store, actor);
  await startServer(null);
  baseId = (await create({ kind: 'empty' })).instanceId ?? '';
}

async function tearDown(): Promise<void> {
  await startServer(null).catch(() => {});
  const left = (await store?.instances.listForControlPlane()) ?? [];
  for (const instance of left.sort((a, b) => Number(b.sourceId !== null) - Number(a.sourceId !== null))) {
    await ended(await open('force-delete-instance', instance.id)).catch(() => {});
  }
  await stopServer();
  await store?.close();
  await database?.stop();
  if (serverFile) rmSync(serverFile, { force: true });
  if (folder) rmSync(folder, { recursive: true, force: true });
}

async function play({ kind, passes }: Round): Promise<void> {
  let subject = baseId;
  for (const { operation, kills } of passes) {
    await startServer(kills[0] ?? null);
    // The base is of the newest version already.
    if (operation === 'upgrade-version') subject = (await create({ kind: 'empty' }, '15')).instanceId ?? '';
    await prepare(operation, subject);
    const before = operation === 'create-instance' ? null : await look(subject);
    const operationId = operation === 'create-instance' ? await askCreation(kind === 'copy') : await ask(operation, subject);
    // Opened by us, not by the server: it need not wait for its next look at what waits.
    if (server?.connected) server.send('look', () => {});
    for (const [number] of kills.entries()) {
      await dead(operationId);
      const listed = getOperation(operation).runningStatus === 'RESTORE' ? 'RESTORE' : 'BUILD';
      expect(['', listed]).toContain([...new Set(await listBuildStatuses(store, projectId, operationId))].join());
      await startServer(kills[number + 1] ?? null);
    }
    const { state, fault, steps, instanceId } = await ended(operationId);
    expect({ state, fault }, operation).toEqual({ state: 'succeeded', fault: null });
    expect(steps.every((step) => step.state === 'succeeded')).toBe(true);
    subject = instanceId ?? subject;
    await check(operation, subject, before);
    expect(hasOwnGuest(operationId), 'a guest of the operation’s own').toBe(operation === 'clone-instance');
    // The old source is now the copy, and goes on as this round's subject.
    if (operation === 'promote-replica') [baseId, subject] = [subject, baseId];
    if (operation === 'upgrade-version') await ended(await open('force-delete-instance', subject));
  }
}

const hasOwnGuest = (operationId: string) => readdirSync(path.join(folder, 'guests')).includes(operationId.slice(0, 8));

/** A database can only be stopped while it runs, and started while it does not. */
async function prepare(operation: OperationName, instanceId: string): Promise<void> {
  const state = (await store.instances.findForControlPlane(instanceId).catch(() => null))?.desiredState;
  if (operation === 'start-instance' && state === 'running') await ended(await open('stop-instance', instanceId));
  const needsBackup = operation === 'prove-backup' || operation === 'restore-in-place';
  if (needsBackup) await ended(await open('create-backup', instanceId, { name: `for-${operation}` }));
  if (operation === 'settle-restore') await leaveUnsettled(instanceId);
  if (operation === 'stop-instance' && state === 'stopped') await ended(await open('start-instance', instanceId));
}

/** As a restore in place leaves it that was neither ended nor undone: the running data is the new one. */
async function leaveUnsettled(instanceId: string): Promise<void> {
  const purpose = crypto.randomUUID();
  const guest = path.join(folder, 'guests', instanceId.slice(0, 8));
  mkdirSync(path.join(guest, 'data.aside'), { recursive: true });
  writeFileSync(path.join(guest, 'data.purpose'), `${purpose}\n`);
  await store.transact((tx) => store.instances.change(tx, instanceId, { unsettledRestoreId: purpose }));
}

async function ask(operation: OperationName, instanceId: string): Promise<string> {
  const instance = await store.instances.findForControlPlane(instanceId);
  const name = `renamed-${++serial}`;
  const inputs: Partial<Record<OperationName, object>> = {
    'rename-instance': { name },
    'resize-flavor': { flavorId: instance?.flavorId === 'gb.1g' ? 'gb.2g' : 'gb.1g' },
    'resize-volume': { volumeBytes: (instance?.volumeBytes ?? 0) + 2 ** 20 },
    'create-backup': { name },
    'upgrade-version': { version: '18' },
    'apply-configuration': { configurationGroupId: null },
    'settle-restore': { keep: 'new' },
  };
  if (operation === 'apply-configuration') inputs[operation] = { configurationGroupId: await makeGroup(name) };
  if (operation === 'clone-instance') inputs[operation] = { name };
  if (operation === 'delete-backup' || operation === 'prove-backup' || operation === 'restore-in-place')
    inputs[operation] = { backupId: (await store.backups.listOfProject(projectId))[0]?.id };
  return open(operation, instanceId, inputs[operation]);
}

async function makeGroup(name: string): Promise<string> {
  const id = crypto.randomUUID();
  const values = { work_mem: 4096 + serial, max_connections: 60 };
  await store.transact((tx) => store.configurationGroups.insert(tx, { id, projectId, name, datastore: 'postgresql', values }));
  return id;
}

async function open(name: OperationName, instanceId: string, given: object = {}): Promise<string> {
  const confirmName = (await store.instances.findForControlPlane(instanceId))?.name;
  const isBackups = getOperation(name).subject === 'backup';
  const input = getOperation(name).input.parse({ confirmName, ...given });
  const load = () => store.facts.load(projectId, isBackups ? null : instanceId, actor);
  let facts = await load();
  const refuse = () => (getOperation(name).takesOver ? null : getOperation(name).refuse(facts, input, Date.now()));
  // Agents that lost the killed server are silent until they have found the new one.
  for (const end = performance.now() + 20_000; refuse() !== null && performance.now() < end; facts = await load())
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(refuse(), name).toBeNull();
  const subject = isBackups ? { instance: { id: instanceId, name: confirmName ?? '' } } : {};
  return store.transact((tx) => store.operations.open(tx, { name, input, facts, actor, ...subject }));
}

async function askCreation(copies: boolean, version?: string): Promise<string> {
  const base = baseId === '' || version !== undefined ? null : await store.instances.findForControlPlane(baseId);
  const like = base
    ? { version: base.version, flavorId: base.flavorId, volumeBytes: base.volumeBytes }
    : { version: version ?? '18', flavorId: 'gb.1g' };
  const accounts = { databases: [{ name: 'app' }], users: [{ name: 'app', databases: ['app'] }] };
  const from = copies ? { kind: 'replica', sourceId: baseId } : { kind: 'empty' };
  const input = CreateInstanceInput.parse({ name: `guest-${++serial}`, datastore: 'postgresql', ...like, ...accounts, from });
  const facts = await store.facts.load(projectId, null, actor);
  const made = await store.transact((tx) => store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
  return made.operationId;
}

async function create(from: { kind: 'empty' | 'replica' }, version?: string): Promise<Operation> {
  const operation = await ended(await askCreation(from.kind === 'replica', version));
  expect(operation.fault).toBeNull();
  return operation;
}

type Looked = { starts: number; backups: number };

/** What an effect done twice would show: the engine's own count of its starts, and what lies in storage. */
async function look(instanceId: string): Promise<Looked> {
  const logs = path.join(folder, 'guests', instanceId.slice(0, 8), 'logs');
  const files = readdirSync(logs).filter((name) => name.startsWith('postgresql-'));
  const text = files.map((name) => readFileSync(path.join(logs, name), 'latin1')).join('\n');
  const stored = readdirSync(path.join(folder, 'backups'), { recursive: true }).map(String);
  return { starts: text.split('starting PostgreSQL').length - 1, backups: stored.filter((name) => name.endsWith('manifest.json')).length };
}

async function check(operation: OperationName, instanceId: string, before: Looked | null): Promise<void> {
  const instance = await store.instances.findForControlPlane(instanceId);
  if (operation === 'delete-instance' || operation === 'force-delete-instance') {
    expect(instance).toBeNull();
    expect(readdirSync(path.join(folder, 'guests'))).not.toContain(instanceId.slice(0, 8));
    return;
  }
  expect(instance).toMatchObject({ operationId: null, runningStatus: null, errored: false });
  const { items } = await store.events.list(instanceId, { limit: 50 });
  if (operation === 'promote-replica') expect(items.filter(({ code }) => code === 'promoted')).toHaveLength(1);
  const after = await look(instanceId);
  const more: Partial<Record<OperationName, number>> = {
    'start-instance': 1,
    'restart-instance': 1,
    'resize-flavor': 1,
    'restore-in-place': 1,
    'settle-restore': 1,
    // The old one for the agent alone, and the new one; what fills that writes no log here.
    'upgrade-version': 2,
  };
  if (operation === 'create-instance') expect(after.starts).toBe(1);
  else expect(after.starts - (before?.starts ?? 0)).toBe(more[operation] ?? 0);
  const stored: Partial<Record<OperationName, number>> = {
    'create-backup': 1,
    'delete-backup': -1,
    'restore-in-place': 2,
    'settle-restore': 1,
    'upgrade-version': 2,
    'clone-instance': 1,
  };
  expect(after.backups - (before?.backups ?? after.backups)).toBe(operation === 'create-instance' ? 0 : (stored[operation] ?? 0));
}

async function ended(operationId: string, deadlineMs = 150_000): Promise<Operation> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const operation = await store.operations.findForControlPlane(operationId);
    if (operation && endedStates.includes(operation.state)) return operation;
    if (performance.now() > end) throw new Error(`It did not end: ${JSON.stringify(operation)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until the server has killed itself at the place it was told. Its database is asked rarely: that would cost more than the server. */
async function dead(operationId: string): Promise<void> {
  const running = server;
  const end = performance.now() + 150_000;
  for (let look = 1; running && running.exitCode === null && running.signalCode === null; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (look % 25 !== 0) continue;
    const operation = await store.operations.findForControlPlane(operationId);
    if (performance.now() > end || operation?.fault) throw new Error(`The place was never reached: ${JSON.stringify(operation)}`);
  }
  expect(running?.signalCode).toBe('SIGKILL');
}

async function startServer(kill: Kill | null): Promise<void> {
  await stopServer();
  const killAt = kill === null ? {} : { killAt: `${kill.operation}/${kill.step}:${kill.place}` };
  const child = spawn(process.execPath, [serverFile, JSON.stringify({ ...options, ...killAt })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  server = child;
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`The server ended at its start: ${code ?? signal}.`)),
    );
  });
}

async function stopServer(): Promise<void> {
  const running = server;
  server = null;
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const gone = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGKILL');
  await gone;
}
