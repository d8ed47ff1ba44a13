import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-server.testsuite.ts';

let server: TestServer;
let projectId: string;

beforeAll(async () => {
  server = await startTestServer();
  projectId = await server.addProject('shop');
});

afterAll(() => server?.stop());

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return server.send(method, path, { token: server.operatorToken, headers, ...(body === undefined ? {} : { body }) });
}

function toCreate(name: string) {
  return { projectId, input: { name, datastore: 'postgresql', version: '18', users: [{ name: 'app', password: 'a given password' }] } };
}

test('a misspelt field is named, however deep, and nothing is started', async () => {
  const refused = async (path: string, body: object) => {
    const answer = await send('POST', path, body);
    return [answer.status, (await answer.json()).field];
  };
  const { input } = toCreate('misspelt');
  expect(await refused('/api/instances', { projectId, input: { ...input, origin: { kind: 'replica' } } })).toEqual([400, 'input.origin']);
  expect(await refused('/api/instances', { projectId, input: { ...input, users: [{ name: 'app', grants: [] }] } })).toEqual([
    400,
    'input.users.0.grants',
  ]);
  expect((await send('GET', '/api/instances?txt=x')).status).toBe(400);
  expect((await (await send('GET', '/api/instances?text=misspelt')).json()).total).toBe(0);
});

describe('secrets', () => {
  test('a given password is in no row', async () => {
    await send('POST', '/api/instances', toCreate('discreet'));
    const { pool } = server.store.database;
    const tables = await pool.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`);
    for (const { name } of tables.rows) {
      const found = await pool.query(`select 1 from "${name}" t where t::text like '%a given password%'`);
      expect(found.rowCount, name).toBe(0);
    }
  });
});

test('a sealed secret cannot be named from outside', async () => {
  const secretId = await server.store.transact((tx) => server.store.secrets.seal(tx, 'another project', 'theirs'));
  const body = { ...toCreate('thief'), input: { ...toCreate('thief').input, users: [{ name: 'app', password: { secretId } }] } };
  expect((await send('POST', '/api/instances', body)).status).toBe(400);
  const sealing = server.store.transact((tx) => server.store.secrets.sealPasswords(tx, projectId, { password: { secretId } }));
  await expect(sealing).rejects.toMatchObject({ code: 'not-found' });
});

describe('a problem', () => {
  test('names the field and the rule', async () => {
    const answer = await send('POST', '/api/instances', {
      projectId,
      input: { name: 'Not A Name', datastore: 'postgresql', version: '18' },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'invalid-input', field: 'input.name', title: expect.stringMatching(/lower-case/) });
  });

  const ofAnotherOrder = btoa('-name:x 00000000-0000-0000-0000-000000000000');
  test.each([
    ['a body that is not JSON', 'POST', '/api/projects', '{'],
    ['a NUL in an address', 'DELETE', '/api/instances/%00/databases/x', undefined],
    ['a made-up cursor', 'GET', '/api/instances?cursor=abc', undefined],
    ['a cursor of another order', 'GET', `/api/instances?sort=name&cursor=${ofAnotherOrder}`, undefined],
  ])('answers %s with 400', async (_title, method, path, body) => {
    const headers = { authorization: `Bearer ${server.operatorToken}` };
    const answer = await fetch(server.origin + path, { method, headers, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(400);
  });

  test('answers a body that is too large, or endless, without reading it', async () => {
    const large = await send('POST', '/api/projects', { name: 'x', title: 'x'.repeat(1_100_000) }).catch(() => null);
    expect(large === null || large.status === 400).toBe(true);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(65_536, 120)) });
    const request = new Request(`${server.origin}/api/invitations/accept`, {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit);
    const answer = await fetch(request).catch(() => null);
    expect(answer === null || answer.status === 400).toBe(true);
  });

  test('answers an unknown address with a problem, not a page', async () => {
    const answer = await send('GET', '/api/nothing');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'not-found' });
  });
});

describe('a write', () => {
  test('from a foreign page is refused; so is a cookie without an origin', async () => {
    const person = await server.addPerson('lured', { [projectId]: 'admin' });
    const body = { username: person.username, password: person.password };
    const signedIn = await server.send('POST', '/api/auth/sign-in/username', { body, headers: { origin: server.origin } });
    expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
    expect(await signedIn.text()).toBe('{}');
    const cookie = signedIn.headers.getSetCookie().join('; ').split(';')[0] ?? '';
    const rename = (headers: Record<string, string>) =>
      server.send('PATCH', `/api/projects/${projectId}`, { body: { title: 'Taken' }, headers: { cookie, ...headers } });
    expect((await rename({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await rename({})).status).toBe(403);
    expect((await rename({ origin: server.origin })).status).toBe(200);
  });
});

describe('signing in', () => {
  const attempt = (username: string, password: string) =>
    server.send('POST', '/api/auth/sign-in/username', { body: { username, password }, headers: { origin: server.origin } });

  test('is limited after five failures, for that account only', async () => {
    const person = await server.addPerson('guessed', {});
    const other = await server.addPerson('bystander', {});
    for (let count = 0; count < 5; count += 1) expect((await attempt('guessed', `wrong password ${count}`)).status).toBe(401);
    const limited = await attempt('guessed', person.password);
    expect(limited.status).toBe(429);
    expect(await limited.json()).toMatchObject({ code: 'too-many-attempts' });
    expect((await attempt('bystander', other.password)).status).toBe(200);
  });

  test('is limited for attempts made all at once, too', async () => {
    await server.addPerson('rushed', {});
    const answers = await Promise.all(Array.from({ length: 20 }, (_, count) => attempt('rushed', `wrong password ${count}`)));
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
  });

  test.each(['/api/auth/sign-up/email', '/api/auth/admin/create-user', '/api/auth/api-key/create', '/api/auth/update-user'])(
    '%s does not exist',
    async (path) => {
      const answer = await send('POST', path, { name: 'x', email: 'x@y.z', password: 'a long password' }, { origin: server.origin });
      expect(answer.status).toBe(404);
    },
  );
});

describe('a failed operation', () => {
  test('is taken up again only by who might have asked for it', async () => {
    const member = await server.addPerson('resumer', { [projectId]: 'member' });
    const admin = await server.addPerson('remover', { [projectId]: 'admin' });
    const instanceId = await server.addInstance(projectId, 'unlucky');
    const body = { name: 'delete-instance', input: { confirmName: 'unlucky' } };
    const { operation } = await (await server.send('POST', `/api/instances/${instanceId}/operations`, { token: admin.token, body })).json();
    const { executions } = server.store;
    const execution = await executions.begin(operation.id);
    const fault = { code: 'engine-error', sentence: 'It failed.' } as const;
    await executions.end(operation.id, { state: 'failed', fault }, execution?.epoch ?? null);
    const resume = (token: string) => server.send('POST', `/api/operations/${operation.id}/resume`, { token });
    expect((await resume(member.token)).status).toBe(403);
    expect((await resume(admin.token)).status).toBe(202);
  });
});

describe('an invitation', () => {
  test('makes an account once, with the invited role', async () => {
    const made = await (await send('POST', `/api/projects/${projectId}/invitations`, { role: 'member' })).json();
    const secret = new URL(made.link).hash.slice(1);
    const account = { username: 'newcomer', name: 'New', password: 'a long password' };
    const joined = await server.send('POST', '/api/invitations/accept', { body: { secret, account } });
    expect(joined.status).toBe(200);
    expect((await server.store.members.list(projectId)).find((member) => member.username === 'newcomer')?.role).toBe('member');
    const again = await server.send('POST', '/api/invitations/accept', { body: { secret, account: { ...account, username: 'second' } } });
    expect(again.status).toBe(404);
    expect(await server.store.accounts.findByUsername('second')).toBeNull();
  });
});

describe('a quota', () => {
  const change = async (quotas: object, token = server.operatorToken) => {
    const answer = await server.send('PATCH', `/api/projects/${limitedId}/quotas`, { token, body: quotas });
    return [answer.status, await answer.json()] as const;
  };
  const create = (name: string) => send('POST', '/api/instances', { ...toCreate(name), projectId: limitedId });
  const addBackup = (row: { id: string; operationId?: string; state: string }) => {
    const made = { instanceName: 'one', name: 'late', kind: 'full', datastore: 'postgresql', version: '18', createdBy: 'somebody' };
    return server.store.transact((tx) => server.store.backups.insert(tx, { projectId: limitedId, ...made, ...row }));
  };
  let limitedId: string;
  beforeAll(async () => {
    limitedId = await server.addProject('limited');
  });

  test('is held by who comes first, also among those who ask at once', async () => {
    expect((await change({ instances: 2 }))[0]).toBe(200);
    const answers = await Promise.all(['one', 'two', 'three', 'four'].map(create));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 413, 413]);
    const refused = await create('five');
    expect(await refused.json()).toMatchObject({ code: 'quota-exceeded', title: expect.stringMatching(/holds 2 of 2 instances/) });
    expect((await (await send('GET', `/api/instances?project=${limitedId}`)).json()).total).toBe(2);
    const [instances, ram] = (await (await send('GET', `/api/projects/${limitedId}/quotas`)).json()).items;
    expect(instances).toMatchObject({ resource: 'instances', used: 2, limit: 2 });
    expect(ram).toMatchObject({ resource: 'ram', used: 2 * 2 ** 30, limit: null });
  });

  test('is set by a project admin up to what an operator allowed', async () => {
    const { token } = await server.addPerson('limited-admin', { [limitedId]: 'admin' });
    await change({ backups: 5 });
    expect(await change({ backups: 6 }, token)).toMatchObject([403, { field: 'backups', title: expect.stringMatching(/at most 5/) }]);
    expect((await change({ backups: null }, token))[0]).toBe(403);
    expect((await change({ backups: 3 }, token))[0]).toBe(200);
    expect((await change({ backups: 5 }, token))[0]).toBe(200);
    expect(await change({ backups: -1 }, token)).toMatchObject([400, { field: 'backups' }]);
    expect(await change({ disks: 1 }, token)).toMatchObject([400, {}]);
  });

  test('counts backups that store something, not what failed or was cancelled', async () => {
    for (const state of ['COMPLETED', 'FAILED', 'CANCELLED']) await addBackup({ id: randomUUID(), state });
    const { items } = await (await send('GET', `/api/projects/${limitedId}/quotas`)).json();
    expect(items).toContainEqual(expect.objectContaining({ resource: 'backups', used: 1 }));
  });

  test('holds for a backup that failed and is taken up again, too', async () => {
    const { store } = server;
    const { token, accountId } = await server.addPerson('limited-member', { [limitedId]: 'member' });
    const actor = (await store.accounts.findActor(accountId, null)) ?? expect.fail();
    const instanceId = await server.addInstance(limitedId, 'failing');
    const input = { name: 'late', parentId: null };
    const facts = await store.facts.load(limitedId, instanceId, actor);
    await change({ backups: 2 });
    const id = await store.transact((tx) => store.operations.open(tx, { name: 'create-backup', input, facts, actor }));
    await addBackup({ id, operationId: id, state: 'FAILED' });
    const execution = await store.executions.begin(id);
    const fault = { code: 'engine-error', sentence: 'It failed.' } as const;
    await store.executions.end(id, { state: 'failed', fault }, execution?.epoch ?? null);
    const resume = () => server.send('POST', `/api/operations/${id}/resume`, { token });
    await change({ backups: 1 });
    expect((await resume()).status).toBe(413);
    expect((await store.operations.findForControlPlane(id))?.state).toBe('failed');
    await change({ backups: 2 });
    expect((await resume()).status).toBe(202);
  });
});

describe('a list of instances', () => {
  test('pages by cursor through everything once, filtered and sorted', async () => {
    const listId = await server.addProject('listed');
    const names = Array.from({ length: 25 }, (_, index) => `listed-${String(index).padStart(2, '0')}`);
    for (const name of names) await server.addInstance(listId, name);
    const seen: string[] = [];
    let cursor = '';
    do {
      const answer = await (await send('GET', `/api/instances?project=${listId}&sort=-name&limit=10${cursor}`)).json();
      expect(answer.total).toBe(25);
      seen.push(...answer.items.map((item: { name: string }) => item.name));
      cursor = answer.next === null ? '' : `&cursor=${answer.next}`;
    } while (cursor !== '');
    expect(seen).toEqual([...names].reverse());
    const found = await (await send('GET', `/api/instances?project=${listId}&text=ed-07`)).json();
    expect(found.items.map((item: { name: string }) => item.name)).toEqual(['listed-07']);
  });

  test('shows what was just made, at once', async () => {
    for (let count = 0; count < 20; count += 1) {
      const name = `fresh-${count}`;
      await send('POST', '/api/instances', toCreate(name));
      const answer = await (await send('GET', `/api/instances?text=${name}&sort=name`)).json();
      expect(answer.items.some((item: { name: string }) => item.name === name)).toBe(true);
    }
  });
});

describe('the reference', () => {
  test('is OpenAPI 3.1 and a page that loads nothing from elsewhere', async () => {
    const document = await (await send('GET', '/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/instances/{instanceId}');
    const page = await (await send('GET', '/api/reference')).text();
    expect(page).toContain('createInstance');
    const asked = JSON.stringify(document.paths['/api/instances/{instanceId}/operations'].post.requestBody);
    expect(asked).toMatch(/"const":"create-backup"}.*"storage":{"default":"default"/);
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  });
});

test('a database that is away is no reason to sign anybody out', async () => {
  const { pool } = server.store.database;
  const query = pool.query;
  const { value: token } = await server.identity.createToken(
    (await server.store.accounts.findByUsername('operator'))?.accountId ?? '',
    'x',
    1,
  );
  pool.query = () => Promise.reject(new Error('connect ENOENT'));
  const connect = pool.connect;
  pool.connect = () => Promise.reject(new Error('connect ENOENT'));
  const answer = await server.send('GET', '/api/me', { token });
  pool.query = query;
  pool.connect = connect;
  expect(answer.status).toBe(500);
  expect((await server.send('GET', '/api/me', { token })).status).toBe(200);
});
