import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-server.testsuite.ts';

let server: TestServer;
let projectId: string;

beforeAll(async () => {
  server = await startTestServer();
  projectId = await server.addProject('keys');
});

afterAll(() => server?.stop());

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return server.send(method, path, { token: server.operatorToken, headers, ...(body === undefined ? {} : { body }) });
}

function toCreate(name: string) {
  return { projectId, input: { name, datastore: 'postgresql', version: '18', users: [{ name: 'app', password: 'a given password' }] } };
}

describe('an Idempotency-Key', () => {
  test('gives the same answer again, and starts one thing', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await send('POST', '/api/instances', toCreate('once'), key);
    expect(first.status).toBe(202);
    const answer = await first.text();
    const again = await send('POST', '/api/instances', toCreate('once'), key);
    expect(again.status).toBe(202);
    expect(await again.text()).toBe(answer);
    const list = await (await send('GET', '/api/instances?text=once')).json();
    expect(list.total).toBe(1);
  });

  test('used for another body is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await send('POST', '/api/instances', toCreate('mine'), key);
    const other = await send('POST', '/api/instances', toCreate('other'), key);
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ code: 'idempotency-key-reused' });
  });

  test('makes twenty requests at once one', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('POST', '/api/instances', toCreate('stampede'), key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  test('may be tried again after a refusal, which started nothing', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const body = { projectId, name: 'late', datastore: 'postgresql', values: {} };
    const id = randomUUID();
    await server.store.transact((tx) =>
      server.store.configurationGroups.insert(tx, { id, projectId, name: 'late', datastore: 'postgresql', values: {} }),
    );
    expect((await send('POST', '/api/configuration-groups', body, key)).status).toBe(409);
    await server.store.transact((tx) => server.store.configurationGroups.remove(tx, id));
    expect((await send('POST', '/api/configuration-groups', body, key)).status).toBe(201);
  });

  describe('whose server died after the commit, before the answer', () => {
    /** What such a server leaves: everything it committed, a claim grown old, and no answer. */
    const loseAnswer = (key: string) =>
      server.store.database.pool.query(
        `update idempotent_answers set status = null, answer = null, "createdAt" = now() - interval '61 s' where key = $1`,
        [key],
      );

    test('answers with the operation that was started, and starts no second one', async () => {
      const key = randomUUID();
      const instanceId = await server.addInstance(projectId, 'interrupted');
      const ask = () =>
        send(
          'POST',
          `/api/instances/${instanceId}/operations`,
          { name: 'delete-instance', input: { confirmName: 'interrupted' } },
          { 'idempotency-key': key },
        );
      const first = await (await ask()).json();
      await loseAnswer(key);
      // Over by now, so that nothing but the key keeps a second one from starting.
      const fault = { code: 'engine-error', sentence: 'It failed.' } as const;
      await server.store.executions.end(first.operation.id, { state: 'failed', fault });
      const again = await ask();
      expect(again.status).toBe(202);
      const second = await again.json();
      expect([second.operation.id, second.instanceId, second.sentence]).toEqual([first.operation.id, instanceId, first.sentence]);
      expect(second.operation.state).toBe('failed');
      const list = await (await send('GET', `/api/operations?instance=${instanceId}`)).json();
      expect(list.total).toBe(1);
      // From here on it is an answer like any other.
      expect(await (await ask()).json()).toEqual(second);
    });

    test('answers so for backups, too: proved or deleted once, with what was asked in the address', async () => {
      const id = randomUUID();
      const row = { projectId, instanceName: 'db', name: 'nightly', datastore: 'postgresql', version: '18', createdBy: 'test' };
      await server.store.transact((tx) => server.store.backups.insert(tx, { id, ...row, state: 'COMPLETED' }));
      for (const [method, path, body] of [
        ['POST', `/api/backups/${id}/proofs`, {}],
        ['DELETE', `/api/backups/${id}`, undefined],
      ] as const) {
        const key = { 'idempotency-key': randomUUID() };
        const first = await (await send(method, path, body, key)).json();
        expect((await (await send(method, path, body, key)).json()).operation.id).toBe(first.operation.id);
        expect((await send(method, `${path}?chain=true`, body, key)).status).toBe(409);
        await loseAnswer(key['idempotency-key']);
        await server.store.executions.end(first.operation.id, { state: 'cancelled' });
        const again = await send(method, path, body, key);
        expect([again.status, (await again.json()).operation.id]).toEqual([202, first.operation.id]);
        // Nothing was written down: what the server that died was about to do is done now.
        await server.store.database.pool.query('update idempotent_answers set started = null where key = $1', [key['idempotency-key']]);
        await loseAnswer(key['idempotency-key']);
        const anew = await send(method, path, body, key);
        expect(anew.status).toBe(202);
        await server.store.executions.end((await anew.json()).operation.id, { state: 'cancelled' });
      }
    });

    test('answers so when what was deleted is gone, but nobody whose project it is no more', async () => {
      const id = randomUUID();
      const row = { projectId, instanceName: 'db', name: 'gone', datastore: 'postgresql', version: '18', createdBy: 'test' };
      await server.store.transact((tx) => server.store.backups.insert(tx, { id, ...row, state: 'COMPLETED' }));
      const member = await server.addPerson('leaver', { [projectId]: 'admin' });
      const headers = { 'idempotency-key': randomUUID() };
      const ask = () => server.send('DELETE', `/api/backups/${id}`, { token: member.token, headers });
      const first = await (await ask()).json();
      await server.store.executions.end(first.operation.id, { state: 'succeeded' });
      await server.store.transact((tx) => server.store.backups.remove(tx, id));
      const again = await ask();
      expect([again.status, (await again.json()).operation?.id]).toEqual([202, first.operation.id]);
      await loseAnswer(headers['idempotency-key']);
      expect((await ask()).status).toBe(202);
      expect((await send('DELETE', `/api/backups/${id}`, undefined, { 'idempotency-key': randomUUID() })).status).toBe(404);
      const [membership] = await server.store.members.list(projectId);
      await server.store.transact((tx) => server.store.members.remove(tx, projectId, membership?.id ?? ''));
      expect((await ask()).status).toBe(404);
    });

    test('is not carried out again where nothing tells whether it was', async () => {
      const key = randomUUID();
      const invite = () => send('POST', `/api/projects/${projectId}/invitations`, { role: 'viewer' }, { 'idempotency-key': key });
      expect((await invite()).status).toBe(201);
      await loseAnswer(key);
      const before = (await server.store.invitations.list(projectId)).length;
      const again = await invite();
      expect(again.status).toBe(409);
      expect(await again.json()).toMatchObject({ code: 'conflict', title: expect.stringMatching(/look whether it was done/i) });
      expect(await server.store.invitations.list(projectId)).toHaveLength(before);
    });

    test('is taken over by one repeat only, and starts nothing for who comes too late', async () => {
      const { idempotency } = server.store;
      const asked = { accountId: 'a', key: randomUUID(), endpoint: 'createInstance', requestHash: 'h', records: true };
      const slow = await idempotency.claim(asked);
      await server.store.database.pool.query(`update idempotent_answers set "createdAt" = "createdAt" - interval '61 s' where key = $1`, [
        asked.key,
      ]);
      if (slow.kind !== 'ours') throw new Error('The key was claimed already.');
      slow.claim.claimedAt = new Date(slow.claim.claimedAt.getTime() - 61_000);
      const next = await Promise.all([idempotency.claim(asked), idempotency.claim(asked)]);
      expect(next.map(({ kind }) => kind).sort()).toEqual(['ours', 'pending']);
      const late = server.store.transact((tx) => idempotency.record(tx, slow.claim, { operationId: randomUUID(), sentence: 's' }));
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      await idempotency.release(slow.claim);
      expect((await idempotency.claim(asked)).kind).toBe('pending');
    });
  });

  test('keeps its answer sealed: an invitation’s link is nowhere in the clear', async () => {
    const answer = await send('POST', `/api/projects/${projectId}/invitations`, { role: 'viewer' }, { 'idempotency-key': randomUUID() });
    const { link } = await answer.json();
    const secret = link.split('#')[1];
    const rows = await server.store.database.pool.query(`select coalesce(string_agg(t::text, ''), '') as text from idempotent_answers t`);
    expect(rows.rows[0].text).not.toContain(secret);
  });
});
