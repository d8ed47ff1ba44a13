import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { createStore, type Store } from './store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './throw-away-database.testsuite.ts';

let database: ThrowAwayDatabase;
let store: Store;
const actor: Actor = { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null };

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
});
afterAll(async () => {
  await store?.close();
  await database?.stop();
});

async function open(name: string) {
  const users = [{ name: 'app', databases: ['app'] }];
  const input = CreateInstanceInput.parse({ name, datastore: 'postgresql', version: '18', databases: [{ name: 'app' }], users });
  const facts = await store.facts.load('p1', null, actor);
  return store.transact((tx) => store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
}

test('how long a new instance takes is learned from those of its datastore and its origin', async () => {
  const { operationId } = await open('timed');
  const execution = await store.executions.begin(operationId);
  await store.executions.end(operationId, { state: 'succeeded' }, execution?.epoch ?? 0);
  const estimate = (datastore: string, kind: string) => store.operations.estimate('create-instance', { datastore, from: { kind } });
  expect((await estimate('postgresql', 'empty'))?.runs).toBeGreaterThan(0);
  expect(await estimate('postgresql', 'backup')).toBeNull();
  expect(await estimate('mariadb', 'empty')).toBeNull();
  const next = await store.operations.findForControlPlane((await open('timed-too')).operationId);
  expect(next?.estimate?.runs).toBeGreaterThan(0);
});

test('what an instance did itself tells more than what others did, of which only those of its datastore are like it', async () => {
  const [own, other] = [await open('own-times'), await open('other-times')];
  const record = (instanceId: string, parentId: string | null, seconds: number) =>
    store.database.pool.query(
      `insert into operations (id, "projectId", "instanceId", "instanceName", name, title, state, input, actor, "askedBy", "workflowVersion", "startedAt", "endedAt")
       values (gen_random_uuid(), 'p1', $1, '', 'create-backup', '', 'succeeded', $2, '{}', '', '', now() - make_interval(secs => $3), now())`,
      [instanceId, JSON.stringify({ parentId }), seconds],
    );
  const estimate = async (id: string, datastore: 'postgresql' | 'mariadb', parentId: string | null) =>
    (await store.operations.estimate('create-backup', { parentId }, { id, datastore }))?.lowMs ?? null;
  await record(other.instanceId, null, 60);
  expect(await estimate(own.instanceId, 'postgresql', null)).toBe(60_000);
  expect(await estimate(own.instanceId, 'mariadb', null)).toBeNull();
  expect(await estimate(own.instanceId, 'postgresql', own.instanceId)).toBeNull();
  await record(own.instanceId, null, 5);
  expect(await estimate(own.instanceId, 'postgresql', null)).toBe(5000);
});
