import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { takePort, takePortRange } from '#drivers/ports.testsuite.ts';
import { addAccount, buildPrograms } from './headless.testsuite.ts';
import { createStore, type Store } from './store/store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './store/throw-away-database.testsuite.ts';

const actor: Actor = { accountId: 'r', name: 'ada', operator: true, memberships: [], tokenId: null };
const replicas = new Map<string, { child: ChildProcess; port: number }>();
let database: ThrowAwayDatabase;
let store: Store;
let folder: string;
let serverFile: string;
let start: (nodeId: string, killAt?: string) => Promise<void>;
let front: Server;

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  folder = mkdtempSync('/tmp/gb-two-');
  chmodSync(folder, 0o755);
  const programs = await buildPrograms(path.join(folder, 'programs'));
  serverFile = programs.serverFile;
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
  await addAccount(store, actor);
  // What a load balancer would be: it sends a connection to any replica that takes it.
  const frontPort = await takePort();
  front = createServer((socket) => {
    const living = [...replicas.values()].filter(({ child }) => child.exitCode === null && child.signalCode === null);
    const chosen = living[Math.floor(Math.random() * living.length)];
    const onward = connect(chosen?.port ?? 1, '127.0.0.1');
    const end = () => {
      socket.destroy();
      onward.destroy();
    };
    socket.on('error', end).on('close', end).pipe(onward);
    onward.on('error', end).on('close', end).pipe(socket);
  });
  await new Promise<void>((resolve) => front.listen(frontPort, '127.0.0.1', resolve));
  const portRange = await takePortRange();
  start = async (nodeId, killAt) => {
    const port = await takePort();
    const given = {
      databaseUrl: database.url,
      keyFile: database.keyFile,
      data: folder,
      port,
      nodeId,
      agentFolder: programs.agentFolder,
      portRange,
      agentsUrl: `http://127.0.0.1:${frontPort}`,
      logLevel: 'error',
      ...(killAt === undefined ? {} : { killAt, killFirstOnly: true }),
    };
    const child = spawn(process.execPath, [serverFile, JSON.stringify(given)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
    replicas.set(nodeId, { child, port });
  };
}, 120_000);

afterAll(async () => {
  if (![...replicas.values()].some(({ child }) => child.signalCode === null)) await start?.('last');
  for (const instance of (await store?.instances.listForControlPlane()) ?? []) {
    const facts = await store.facts.load('p', instance.id, actor);
    const input = { confirmName: instance.name };
    await ended(await store.transact((tx) => store.operations.open(tx, { name: 'force-delete-instance', input, facts, actor }))).catch(
      () => {},
    );
  }
  for (const { child } of replicas.values()) child.kill('SIGKILL');
  front?.close();
  await store?.close();
  await database?.stop();
  if (serverFile) rmSync(serverFile, { force: true });
  if (folder) rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function create(name: string): Promise<string> {
  const input = CreateInstanceInput.parse({ name, datastore: 'postgresql', version: '18' });
  const facts = await store.facts.load('p', null, actor);
  return (await store.transact((tx) => store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }))).operationId;
}

async function ended(operationId: string, deadlineMs = 240_000): Promise<Operation> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const operation = await store.operations.findForControlPlane(operationId);
    if (operation && endedStates.includes(operation.state)) return operation;
    if (performance.now() > end) throw new Error(`It did not end: ${JSON.stringify(operation)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('two replicas share the work, and the other carries on what a killed one had in hand', async () => {
  await start('one');
  await start('two');
  const made = await Promise.all([create('first'), create('second')].map(async (opened) => ended(await opened)));
  expect(made.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);

  // Whichever of the two takes it dies in the middle of it.
  for (const [nodeId, { child }] of [...replicas]) {
    child.kill('SIGKILL');
    await start(`${nodeId}-again`, 'create-instance/start:between');
  }
  const operationId = await create('third');
  const third = await ended(operationId);
  expect(third.fault).toBeNull();
  expect(third.state).toBe('succeeded');
  const dead = [...replicas].filter(([nodeId, { child }]) => nodeId.endsWith('again') && child.signalCode !== null);
  expect(dead).toHaveLength(1);
  const survivors = await store.replicas.list();
  expect(survivors.map(({ id }) => id)).not.toContain(dead[0]?.[0]);
  // Its agents have come to the survivor, which goes on hearing them.
  const instance = await store.instances.findForControlPlane(third.instanceId ?? '');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const later = await store.instances.findForControlPlane(third.instanceId ?? '');
  expect(Date.parse(later?.agentSeenAt ?? '')).toBeGreaterThan(Date.parse(instance?.agentSeenAt ?? ''));
}, 600_000);

test('an agent killed before it was ever heard is started again, and its instance is made', async () => {
  for (const { child } of replicas.values()) child.kill('SIGKILL');
  await start('alone');
  const operationId = await create('unheard');
  const agent = await vi.waitFor(
    async () => {
      const id = (await store.operations.findForControlPlane(operationId))?.instanceId ?? '';
      return JSON.parse(readFileSync(path.join(folder, 'agents', `${id.slice(0, 8)}.json`), 'utf8')) as { pid: number };
    },
    { timeout: 30_000, interval: 10 },
  );
  process.kill(agent.pid, 'SIGKILL');
  const made = await ended(operationId);
  expect(made.fault).toBeNull();
  expect(made.state).toBe('succeeded');
}, 300_000);
