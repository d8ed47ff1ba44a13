import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { Change } from './changes.ts';
import { createStore, type Store } from './store.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './throw-away-database.testsuite.ts';

let database: ThrowAwayDatabase;
let store: Store;

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  store = createStore({ databaseUrl: database.url, keyFile: database.keyFile });
});

afterAll(async () => {
  await store?.close();
  await database?.stop();
});

function instance(projectId: string, name: string) {
  const size = { flavorId: 'gb.1g', volumeBytes: 2n * 1024n ** 3n };
  return { id: randomUUID(), projectId, name, datastore: 'postgresql', version: '18', ...size, host: '127.0.0.1', allowedCidrs: [] };
}

describe('instances', () => {
  test('are found in their project and nowhere else', async () => {
    const row = instance('project-a', 'alpha');
    await store.transact((tx) => store.instances.insert(tx, row));
    expect((await store.instances.find({ everything: false, projectIds: ['project-a'] }, row.id))?.name).toBe('alpha');
    expect((await store.instances.find({ everything: true }, row.id))?.volumeBytes).toBe(2 * 1024 ** 3);
    expect(await store.instances.find({ everything: false, projectIds: ['project-b'] }, row.id)).toBeNull();
    expect(await store.instances.find({ everything: false, projectIds: [] }, row.id)).toBeNull();
  });

  test('have a name of their own in a project, free again once forgotten', async () => {
    const first = instance('project-a', 'beta');
    await store.transact((tx) => store.instances.insert(tx, first));
    const again = store.transact((tx) => store.instances.insert(tx, instance('project-a', 'beta')));
    await expect(again).rejects.toMatchObject({ code: 'name-taken', field: 'name' });
    await store.transact((tx) => store.instances.insert(tx, instance('project-b', 'beta')));
    await store.transact((tx) => store.instances.forget(tx, first.id));
    await store.transact((tx) => store.instances.insert(tx, instance('project-a', 'beta')));
    expect(await store.instances.findForControlPlane(first.id)).toBeNull();
  });
});

test('root that is enabled while it is was given a new password', async () => {
  const row = instance('project-a', 'rooted');
  await store.transact((tx) => store.instances.insert(tx, row));
  for (const action of ['enabled', 'enabled', 'disabled', 'enabled'] as const)
    await store.transact((tx) => store.rootHistory.record(tx, row, action, 'ada'));
  const { enabled, entries } = await store.rootHistory.read(row.id);
  expect([enabled, entries.map(({ action }) => action)]).toEqual([true, ['enabled', 'disabled', 'renewed', 'enabled']]);
  const { items } = await store.events.list(row.id, { limit: 10 });
  expect(items.map(({ sentence }) => sentence)).toContain('ada made a new password for root.');
});

test('a creation that failed while it started is made good by a start that ends well; one that lacks more stays in error', async () => {
  const actor = { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null };
  const projectId = 'project-errored';
  const isErrored = async (from: CreateInstanceInput['from'], name: string, done: readonly string[]) => {
    const input = CreateInstanceInput.parse({ name, datastore: 'postgresql', version: '18', from });
    const empty = await store.facts.load(projectId, null, actor);
    const opened = await store.transact((tx) => store.newInstances.open(tx, { input, facts: empty, actor, host: '127.0.0.1' }));
    const execution = await store.executions.begin(opened.operationId);
    if (execution === null) throw new Error('The operation has ended.');
    for (const step of done) {
      await store.executions.beginStep(execution, step);
      await store.executions.endStep(execution, step, {});
    }
    const fault = { code: 'engine-unavailable' as const, sentence: 'It ended.' };
    await store.executions.end(opened.operationId, { state: 'failed', fault }, execution.epoch);
    const find = async () => (await store.instances.findForControlPlane(opened.instanceId))?.errored;
    expect(await find()).toBe(true);
    for (const state of ['cancelled', 'succeeded'] as const) {
      const facts = await store.facts.load(projectId, opened.instanceId, actor);
      const id = await store.transact((tx) => store.operations.open(tx, { name: 'start-instance', input: {}, facts, actor }));
      await store.executions.end(id, { state });
      if (state === 'cancelled') expect(await find()).toBe(true);
    }
    return find();
  };
  expect(await isErrored({ kind: 'backup', backupId: randomUUID() }, 'restored', ['reserve-guest', 'initialise'])).toBe(false);
  expect(await isErrored({ kind: 'backup', backupId: randomUUID() }, 'unfetched', ['reserve-guest'])).toBe(true);
  expect(await isErrored({ kind: 'empty' }, 'without-accounts', ['reserve-guest', 'initialise', 'start'])).toBe(true);
});

test('a backup that retention and a person delete at once is gone, and neither fails', async () => {
  const made = { projectId: 'project-twice', instanceName: 'db', name: 'twice', datastore: 'postgresql', version: '18', createdBy: 'test' };
  const { id } = await store.transact((tx) => store.backups.insert(tx, { id: randomUUID(), ...made, state: 'COMPLETED' }));
  const remove = () => store.transact((tx) => store.backups.remove(tx, id));
  await Promise.all([remove(), remove(), remove()]);
  expect(await store.backups.findForControlPlane(id)).toBeNull();
});

test('what a restore in place backs up by itself goes beyond the project’s quota, up to ten', async () => {
  const [projectId, actor] = ['project-full', { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null }];
  const row = instance(projectId, 'full');
  const made = { projectId, instanceId: row.id, instanceName: 'full', name: 'b', datastore: 'postgresql', version: '18', createdBy: 'ada' };
  const addBackup = () => store.transact((tx) => store.backups.insert(tx, { id: randomUUID(), ...made, state: 'COMPLETED' }));
  await store.transact((tx) => store.instances.insert(tx, row));
  const backup = await addBackup();
  await store.transact((tx) => store.quotas.change(tx, projectId, { backups: 1 }, true));
  const facts = await store.facts.load(projectId, row.id, actor);
  const of = facts.instance && { ...facts.instance, guest: { processState: 'running' } as never };
  const restore = async () => {
    const input = { backupId: backup.id, override: '', confirmName: 'full' };
    const id = await store.transact((tx) =>
      store.operations.open(tx, { name: 'restore-in-place', input, facts: { ...facts, instance: of }, actor }),
    );
    await store.executions.end(id, { state: 'cancelled' });
  };
  for (let more = 0; more < 8; more += 1) await addBackup();
  await restore();
  await addBackup();
  await expect(restore()).rejects.toMatchObject({ code: 'quota-exceeded', message: expect.stringMatching(/holds 10 of 1 backup\./) });
});

test('an operation says which backup it deletes after that is gone', async () => {
  const [projectId, actor] = ['project-about', { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null }];
  const made = { projectId, instanceName: 'db', name: 'nightly-3', datastore: 'postgresql', version: '18', createdBy: 'ada' };
  const backup = await store.transact((tx) => store.backups.insert(tx, { id: randomUUID(), ...made, state: 'COMPLETED' }));
  const facts = await store.facts.load(projectId, null, actor);
  const [input, instance] = [
    { backupId: backup.id, withChain: false, confirmName: '' },
    { id: null, name: 'db' },
  ];
  const id = await store.transact((tx) => store.operations.open(tx, { name: 'delete-backup', input, facts, actor, instance }));
  await store.transact((tx) => store.backups.remove(tx, backup.id));
  expect(await store.operations.findForControlPlane(id)).toMatchObject({ title: 'Delete backup', about: 'nightly-3' });
});

describe('changes', () => {
  test('are heard in commit order, and not at all when rolled back', async () => {
    const heard: Change[] = [];
    const tail = await store.changes.tail();
    const seen = new Promise<void>((resolve) => {
      tail.subscribe({
        onChange: (change) => {
          heard.push(change);
          if (change.revision === 3) resolve();
        },
      });
    });
    const row = instance('project-a', 'gamma');
    await store.transact((tx) => store.instances.insert(tx, row));
    const failing = store.transact(async (tx) => {
      await store.instances.change(tx, row.id, { role: 'source' });
      throw new Error('planned');
    });
    await expect(failing).rejects.toThrow('planned');
    await store.transact((tx) => store.instances.change(tx, row.id, { role: 'source' }));
    await store.transact((tx) => store.instances.change(tx, row.id, { role: 'standalone' }));
    await seen;
    expect(heard.filter((change) => change.resource === row.id).map((change) => change.revision)).toEqual([1, 2, 3]);
    await tail.close();
  });

  test('tell listeners to resync when the connection was lost', async () => {
    const tail = await store.changes.tail();
    const resynced = new Promise<void>((resolve) => {
      tail.subscribe({ onChange: () => {}, onResync: resolve });
    });
    await store.database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'guestboard changes'`);
    await resynced;
    expect(tail.isConnected()).toBe(true);
    await tail.close();
  });
});

describe('secrets', () => {
  test('every password in an input becomes a reference and comes back', async () => {
    const input = { users: [{ name: 'app', password: 'correct horse battery' }], tls: { key: { password: 'key' } }, size: 3 };
    const sealed = await store.transact((tx) => store.secrets.sealPasswords(tx, 'project-a', input));
    expect(JSON.stringify(sealed)).not.toContain('horse');
    expect(sealed.users[0]?.password).toMatchObject({ secretId: expect.any(String) });
    expect(await store.secrets.unsealPasswords(sealed)).toEqual(input);
  });

  test('a ciphertext moved to another row is refused', async () => {
    const [first, second] = await store.transact(async (tx) => [
      await store.secrets.seal(tx, 'project-a', 'one'),
      await store.secrets.seal(tx, 'project-b', 'two'),
    ]);
    const row = await store.database.prisma.secret.findUniqueOrThrow({ where: { id: first } });
    await store.database.prisma.secret.update({ where: { id: second ?? '' }, data: { ciphertext: row.ciphertext, nonce: row.nonce } });
    await expect(store.secrets.unseal(second ?? '')).rejects.toThrow();
    expect(await store.secrets.unseal(first ?? '')).toBe('one');
  });

  test('a key file without the key they are sealed under is noticed, and one with a newer key above it is not', async () => {
    const id = await store.transact((tx) => store.secrets.seal(tx, 'project-a', 'one'));
    const { keyId } = await store.database.prisma.secret.findUniqueOrThrow({ where: { id } });
    const findMissing = async (name: string, keys: string) => {
      const keyFile = path.join(path.dirname(database.keyFile), name);
      writeFileSync(keyFile, keys);
      const other = createStore({ databaseUrl: database.url, keyFile });
      return other.secrets.findMissingKey().finally(() => other.close());
    };
    const newer = `${randomBytes(32).toString('base64')}\n`;
    expect(await findMissing('newer', `${newer}${readFileSync(database.keyFile, 'utf8')}`)).toBeNull();
    expect(await findMissing('another', newer)).toBe(keyId);
  });
});

test('a list refuses a cursor that is no moment with an id, and names it', async () => {
  const read = (made: string) => {
    const page = { cursor: Buffer.from(made).toString('base64url'), limit: 5 };
    return [store.backups, store.operations].map((noun) => noun.list({ everything: true }, page));
  };
  for (const made of [`1000 ${'-'.repeat(36)}`, `-8640000000000000 ${randomUUID()}`, `8640000000000000 ${randomUUID()}`])
    for (const list of read(made)) await expect(list, made).rejects.toMatchObject({ code: 'invalid-input', field: 'cursor' });
  for (const list of read(`1000 ${randomUUID()}`)) expect((await list).items).toEqual([]);
});
