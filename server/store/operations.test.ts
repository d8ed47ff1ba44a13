import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { createStore, type Store } from './store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './throw-away-database.testsuite.ts';

let database: ThrowAwayDatabase;
let store: Store;
const actor: Actor = { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null };

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  // As on a host far from Greenwich: times must come back as they were written, whoever reads them.
  await query(`alter role guestboard set timezone = 'Asia/Kolkata'`);
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
});

afterAll(async () => {
  await store?.close();
  await database?.stop();
});

async function query(text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

async function open(name: string) {
  const input = CreateInstanceInput.parse({
    name,
    datastore: 'postgresql',
    version: '18',
    databases: [{ name: 'app' }],
    users: [
      { name: 'app', databases: ['app'] },
      { name: 'reader', password: 'a-password-of-mine' },
    ],
  });
  const facts = await store.facts.load('p1', null, actor);
  return store.transact((tx) => store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
}

async function begin(operationId: string) {
  const execution = await store.executions.begin(operationId);
  if (!execution) throw new Error('The operation has ended.');
  return execution;
}

describe('an operation', () => {
  test('is opened with its steps, its claim, and no password in clear', async () => {
    const { instanceId, operationId } = await open('one');
    const operation = await store.operations.findForControlPlane(operationId);
    expect(operation?.steps.map((step) => step.key)).toEqual(['reserve-guest', 'initialise', 'start', 'create-accounts', 'verify']);
    expect(operation).toMatchObject({ state: 'queued', cancellable: true, resumable: false, estimate: null });
    expect(JSON.stringify(operation?.input)).not.toContain('a-password-of-mine');
    const instance = await store.instances.findForControlPlane(instanceId);
    expect(instance).toMatchObject({ operationId, runningStatus: 'BUILD', firstUser: 'app', firstDatabase: 'app' });
    expect(await store.secrets.unseal((await store.instances.findPassword(instanceId, 'app')) ?? '')).toHaveLength(24);
    expect(await store.instances.findPassword(instanceId, 'reader')).toBeNull();
  });

  test('that makes an instance writes down who asked for it and when, or nothing at all', async () => {
    const before = Date.now();
    const { instanceId } = await open('noted');
    const { items } = await store.events.list(instanceId, { limit: 10 });
    expect(items).toMatchObject([{ code: 'instance-created', tone: 'info', sentence: 'ada created this instance.', projectId: 'p1' }]);
    expect(Date.parse(items[0]?.at ?? '')).toBeGreaterThanOrEqual(before);
    const count = () => store.database.prisma.instanceEvent.count();
    const all = await count();
    await expect(open('noted')).rejects.toMatchObject({ code: 'name-taken' });
    expect(await count()).toBe(all);
  });

  test('keeps others away until it ends, then frees the instance', async () => {
    const { instanceId, operationId } = await open('two');
    const facts = await store.facts.load('p1', instanceId, actor);
    const restart = () => store.transact((tx) => store.operations.open(tx, { name: 'restart-instance', input: {}, facts, actor }));
    await expect(restart()).rejects.toMatchObject({ code: 'busy', message: 'Create instance is running on two. Wait until it ends.' });
    const execution = await begin(operationId);
    for (const step of ['reserve-guest', 'initialise', 'start', 'create-accounts', 'verify']) {
      await store.executions.beginStep(execution, step);
      await store.executions.endStep(execution, step, {});
    }
    expect(await store.executions.end(operationId, { state: 'succeeded' }, execution.epoch)).toBe(true);
    expect(await store.executions.end(operationId, { state: 'succeeded' })).toBe(false);
    expect((await store.instances.findForControlPlane(instanceId))?.operationId).toBeNull();
    const restarting = await restart();
    expect((await store.instances.findForControlPlane(instanceId))?.operationId).toBe(restarting);
    expect((await store.operations.estimate('create-instance'))?.runs).toBe(1);
  });

  test('belongs to its newest execution alone', async () => {
    const { operationId } = await open('three');
    const first = await begin(operationId);
    const second = await begin(operationId);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect([first.isFresh, second.isFresh]).toEqual([true, false]);
    await expect(store.executions.beginStep(first, 'reserve-guest')).rejects.toMatchObject({ code: 'stale-epoch' });
    expect(await store.executions.beginStep(second, 'reserve-guest')).toEqual({ done: false, cancel: false });
    expect(await store.executions.end(operationId, { state: 'cancelled' }, first.epoch)).toBe(false);
  });

  test('fails with step and sentence, marks the instance, and can be taken up again', async () => {
    const { instanceId, operationId } = await open('four');
    const execution = await begin(operationId);
    await store.executions.beginStep(execution, 'reserve-guest');
    await store.executions.endStep(execution, 'reserve-guest', {});
    await store.executions.beginStep(execution, 'initialise');
    const fault = { code: 'engine-error' as const, sentence: 'initdb failed.', detail: 'no space' };
    await store.executions.endStep(execution, 'initialise', { fault });
    await store.executions.end(operationId, { state: 'failed', fault }, execution.epoch);
    const failed = await store.operations.findForControlPlane(operationId);
    expect(failed).toMatchObject({ state: 'failed', fault, resumable: true });
    expect(failed?.steps.map((step) => step.state)).toEqual(['succeeded', 'failed', 'skipped', 'skipped', 'skipped']);
    expect(await store.instances.findForControlPlane(instanceId)).toMatchObject({ errored: true, operationId: null });
    const facts = await store.facts.load('p1', instanceId, actor);
    await store.transact((tx) => store.operations.resume(tx, operationId, facts));
    expect((await store.executions.listWaiting()).find((one) => one.id === operationId)?.attempt).toBe(2);
    const again = await begin(operationId);
    expect(await store.executions.beginStep(again, 'reserve-guest')).toEqual({ done: true, cancel: false });
    expect((await store.executions.beginStep(again, 'initialise')).done).toBe(false);
  });

  test('is cancelled only where that is safe', async () => {
    const { operationId } = await open('five');
    const execution = await begin(operationId);
    await store.executions.beginStep(execution, 'reserve-guest');
    await store.transact((tx) => store.operations.requestCancel(tx, operationId));
    expect(await store.executions.isCancelRequested(execution)).toBe(true);
    expect((await store.executions.beginStep(execution, 'initialise')).cancel).toBe(true);
    await store.executions.end(operationId, { state: 'cancelled' }, execution.epoch);
    await expect(store.executions.isCancelRequested(execution)).rejects.toMatchObject({ code: 'stale-epoch' });
    const again = store.transact((tx) => store.operations.requestCancel(tx, operationId));
    await expect(again).rejects.toMatchObject({ code: 'refused' });
  });

  test('that ends while somebody asks to cancel it stays ended', async () => {
    const { operationId } = await open('outrun');
    const execution = await begin(operationId);
    await store.executions.beginStep(execution, 'reserve-guest');
    await store.transact(async (tx) => {
      // Where the one who cancels has read the operation and comes to write: it has ended.
      const value = async (...statement: Parameters<typeof tx.$queryRawUnsafe>) => {
        await store.executions.end(operationId, { state: 'succeeded' }, execution.epoch);
        return tx.$queryRawUnsafe(...statement);
      };
      const asked = Object.create(tx, { $queryRawUnsafe: { value } });
      await expect(store.operations.requestCancel(asked, operationId)).rejects.toMatchObject({ code: 'refused' });
    });
    expect((await store.operations.findForControlPlane(operationId))?.state).toBe('succeeded');
  });

  test('of force takes the instance away from a stuck one', async () => {
    const { instanceId, operationId } = await open('six');
    const execution = await begin(operationId);
    await store.executions.beginStep(execution, 'reserve-guest');
    const facts = await store.facts.load('p1', instanceId, actor);
    const forced = await store.transact((tx) =>
      store.operations.open(tx, { name: 'force-delete-instance', input: { confirmName: 'six' }, facts, actor }),
    );
    expect((await store.operations.findForControlPlane(operationId))?.fault?.code).toBe('operation-lost');
    expect((await store.instances.findForControlPlane(instanceId))?.operationId).toBe(forced);
    await expect(store.executions.endStep(execution, 'reserve-guest', {})).rejects.toMatchObject({ code: 'stale-epoch' });
  });
});

test('a key that was claimed is found again by what it started', async () => {
  const asked = { accountId: 'a', key: 'k', endpoint: 'startOperation', requestHash: 'h', records: true };
  const ours = await store.idempotency.claim(asked);
  if (ours.kind !== 'ours') throw new Error('The key was claimed already.');
  const started = { operationId: '7f6c4a4e-5d0f-4f6e-9d7e-3f1f3f1d2c11', sentence: 's' };
  await store.transact((tx) => store.idempotency.record(tx, ours.claim, started));
  await store.database.pool.query(`update idempotent_answers set "createdAt" = "createdAt" - interval '61 s'`);
  expect(await store.idempotency.claim(asked)).toMatchObject({ kind: 'lost', started });
});

describe('a command', () => {
  test('is written once, ends once, and is refused to an execution that lost its operation', async () => {
    const { instanceId, operationId } = await open('seven');
    const execution = await begin(operationId);
    const put = (epoch: number) =>
      store.commands.put({
        id: `${operationId}/1/start`,
        operation: { id: operationId, epoch, stepKey: 'start' },
        instanceId,
        name: 'lifecycle.start',
        input: {},
        deadlineMs: Date.now() + 60_000,
      });
    await put(execution.epoch);
    const before = await store.commands.find(`${operationId}/1/start`);
    const next = await begin(operationId);
    await expect(put(execution.epoch)).rejects.toMatchObject({ code: 'stale-epoch' });
    await put(next.epoch);
    await store.executions.beginStep(next, 'start');
    const after = await store.commands.find(`${operationId}/1/start`);
    expect(after?.epoch).toBeGreaterThan(before?.epoch ?? 0);
    await store.executions.beginStep(next, 'start');
    expect(await store.operations.findForControlPlane(operationId)).not.toHaveProperty('sentAt');
    await store.commands.markSent(`${operationId}/1/start`);
    await store.commands.markAccepted(`${operationId}/1/start`);
    const { startedAt, sentAt = '', acceptedAt, steps } = (await store.operations.findForControlPlane(operationId)) ?? {};
    expect([Date.parse(startedAt ?? '') < Date.parse(sentAt), sentAt <= (acceptedAt ?? '')]).toEqual([true, true]);
    expect(steps?.find((step) => step.key === 'start')?.state).toBe('accepted');
    expect(await store.commands.end(`${operationId}/1/start`, { ok: true, output: {} })).toBe(true);
    expect(await store.commands.end(`${operationId}/1/start`, { ok: true, output: {} })).toBe(false);
    expect((await store.commands.find(`${operationId}/1/start`))?.state).toBe('done');
  });

  test('for a guest that this replica holds is down as sent at once, and given back for delivery once', async () => {
    const { instanceId, operationId } = await open('held');
    const execution = await begin(operationId);
    await store.executions.beginStep(execution, 'start');
    const takenOn = store.changes.untilTakenOn(operationId, 60_000);
    const id = `${operationId}/1/start`;
    const operation = { id: operationId, epoch: execution.epoch, stepKey: 'start' };
    const put = () =>
      store.commands.put({ id, operation, instanceId, name: 'lifecycle.start', input: {}, deadlineMs: Date.now() + 60_000 }, true);
    const found = await put();
    expect(found).toMatchObject({ ...(await store.commands.find(id)), deadlineMs: expect.any(Number) });
    expect(found?.state).toBe('sent');
    expect((await store.operations.findForControlPlane(operationId))?.steps.find((step) => step.key === 'start')?.state).toBe('sent');
    expect(await put()).toBeNull();
    await store.commands.markAccepted(id);
    await takenOn;
    expect((await store.operations.findForControlPlane(operationId))?.acceptedAt).not.toBeNull();
  });
});

test('a command that is put while its operation is taken away is not put', async () => {
  const { instanceId, operationId } = await open('taken');
  const { epoch } = await begin(operationId);
  const facts = await store.facts.load('p1', instanceId, actor);
  const input = { confirmName: 'taken' };
  const { put } = await store.transact(async (tx) => {
    await store.operations.open(tx, { name: 'force-delete-instance', input, facts, actor });
    const command = { id: `${operationId}/1/start`, instanceId, name: 'lifecycle.start', input: {}, deadlineMs: Date.now() + 60_000 };
    const asked = store.commands.put({ ...command, operation: { id: operationId, epoch, stepKey: 'start' } }, true);
    await Promise.race([asked.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 100))]);
    return { put: asked };
  });
  await expect(put).rejects.toMatchObject({ code: 'stale-epoch' });
  expect(await store.commands.find(`${operationId}/1/start`)).toBeNull();
});

test('whoever writes of a step waits for its operation first and holds nothing meanwhile: two that meet never wait for each other', async () => {
  const { instanceId, operationId } = await open('ordered');
  const execution = await begin(operationId);
  await store.executions.beginStep(execution, 'start');
  const id = `${operationId}/1/start`;
  const operation = { id: operationId, epoch: execution.epoch, stepKey: 'start' };
  await store.commands.put({ id, operation, instanceId, name: 'lifecycle.start', input: {}, deadlineMs: Date.now() + 60_000 });
  const progress = { done: 1, total: 2, unit: 'bytes', ratePerSecond: null, detail: null };
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  for (const write of [
    () => store.commands.markSent(id),
    () => store.commands.markAccepted(id),
    () => store.executions.recordProgress(instanceId, id, progress),
    () => store.executions.say(execution, 'start', 'It takes its time.'),
    () => store.executions.endStep(execution, 'start', {}),
  ]) {
    await holder.query(`begin; set local lock_timeout = '300ms'; select from operations where id = '${operationId}' for no key update`);
    const written = write();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await holder.query(`update operation_steps set title = title where "operationId" = $1`, [operationId]);
    await holder.query('update commands set name = name where id = $1', [id]);
    await holder.query('commit');
    await written;
  }
  await holder.end();
  expect((await store.operations.findForControlPlane(operationId))?.steps[2]).toMatchObject({ state: 'succeeded', total: 2 });
});

describe('ports', () => {
  test('are leased once each, skip what is in use, and are kept on asking again', async () => {
    const one = (await open('eight')).instanceId;
    const two = (await open('nine')).instanceId;
    const place = { host: '127.0.0.1', range: { first: 27900, last: 27903 }, isFree: async (port: number) => port !== 27900 };
    const ports = await Promise.all([store.leases.take(one, place), store.leases.take(two, place)]);
    expect([...ports].sort()).toEqual([27901, 27902]);
    expect(await store.leases.take(one, place)).toBe(ports[0]);
    await store.transact((tx) => store.leases.release(tx, one));
    expect((await store.instances.findForControlPlane(two))?.port).toBe(ports[1]);
  });
});
