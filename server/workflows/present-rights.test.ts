import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor, ProjectRole } from '#contract/may.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { takePort } from '#drivers/ports.testsuite.ts';
import { addAccount, type Headless, startHeadless } from '../headless.testsuite.ts';
import { createStore, type Store } from '../store/store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from '../store/throw-away-database.testsuite.ts';

let database: ThrowAwayDatabase;
let store: Store;
let folder: string;
let server: Headless | undefined;
let projectId: string;

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  folder = mkdtempSync('/tmp/gb-rights-');
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
  projectId = await store.transact((tx) => store.projects.insert(tx, { name: 'shop', title: 'Shop' }));
});

afterAll(async () => {
  await server?.stop();
  await store?.close();
  await database?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('an operation is carried out with the rights its asker has when it starts, not with those of the click', async () => {
  const [leaver, demoted, closed, stayer] = [await join('mia'), await join('max'), await join('zoe'), await join('ada', 'admin')];
  const asked = await Promise.all([leaver, demoted, closed, stayer].map((actor) => rename(actor)));
  for (const member of await store.members.list(projectId)) {
    if (member.username === 'mia') await store.transact((tx) => store.members.remove(tx, projectId, member.id));
    if (member.username === 'max') await store.transact((tx) => store.members.changeRole(tx, projectId, member.id, 'viewer'));
  }
  await store.database.prisma.user.update({ where: { id: closed.accountId }, data: { banned: true } });

  const [first, port] = [await takePort(), await takePort()];
  server = await startHeadless({
    databaseUrl: database.url,
    keyFile: database.keyFile,
    data: folder,
    port,
    nodeId: 'rights',
    agentFolder: '/nonexistent',
    portRange: { first, last: first },
    logLevel: 'silent',
  });
  const ended = await Promise.all(asked.map(end));
  expect(ended.map(({ state, fault }) => [state, fault?.code, fault?.sentence])).toEqual([
    [
      'failed',
      'not-allowed',
      'mia lost the right to this after asking for it. This needs the role member in the project. Ask a project admin.',
    ],
    [
      'failed',
      'not-allowed',
      'max lost the right to this after asking for it. This needs the role member in the project. Ask a project admin.',
    ],
    ['failed', 'not-allowed', 'The account of zoe, who asked for this, is closed.'],
    ['succeeded', undefined, undefined],
  ]);
  const names = await Promise.all(ended.map(async ({ instanceId }) => (await store.instances.findForControlPlane(instanceId ?? ''))?.name));
  expect(names).toEqual(['of-mia', 'of-max', 'of-zoe', 'renamed-ada']);

  // Who takes it up again asks for it anew, under their own name.
  const { id, instanceId } = ended[0] ?? { id: '', instanceId: '' };
  const facts = await store.facts.load(projectId, instanceId, stayer);
  await store.transact((tx) => store.operations.resume(tx, id, facts));
  expect((await end(id)).state).toBe('succeeded');
  expect((await store.instances.findForControlPlane(instanceId ?? ''))?.name).toBe('renamed-mia');
});

async function join(username: string, role: ProjectRole = 'member'): Promise<Actor> {
  const accountId = randomUUID();
  await addAccount(store, { accountId, name: username, operator: false, memberships: [], tokenId: null });
  await store.transact((tx) => store.members.add(tx, projectId, accountId, role));
  const actor = await store.accounts.findActor(accountId, null);
  if (!actor) throw new Error('The account is not there.');
  return actor;
}

async function rename(actor: Actor): Promise<string> {
  const id = randomUUID();
  const size = { flavorId: 'gb.1g', volumeBytes: 2n * 1024n ** 3n };
  const row = {
    id,
    projectId,
    name: `of-${actor.name}`,
    datastore: 'postgresql',
    version: '18',
    ...size,
    host: 'elsewhere',
    allowedCidrs: [],
  };
  await store.transact((tx) => store.instances.insert(tx, row));
  const facts = await store.facts.load(projectId, id, actor);
  return store.transact((tx) =>
    store.operations.open(tx, { name: 'rename-instance', input: { name: `renamed-${actor.name}` }, facts, actor }),
  );
}

async function end(id: string): Promise<Operation> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    const operation = await store.operations.findForControlPlane(id);
    if (operation && endedStates.includes(operation.state)) return operation;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error('The operation did not end.');
}
