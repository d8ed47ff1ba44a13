import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../test-server.testsuite.ts';

let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  server = await startTestServer();
  instanceId = await server.addInstance(await server.addProject('shop'), 'orders');
});
afterAll(() => server?.stop());

test.each([
  ['users', 'clerk', 'user-dropped'],
  ['databases', 'shop', 'database-dropped'],
])('of %s that are there is told who dropped them; what is not there is not found', async (noun, name, code) => {
  const drop = (one: string) => server.send('DELETE', `/api/instances/${instanceId}/${noun}/${one}`, { token: server.operatorToken });
  const tell = async () => {
    const answer = await server.send('GET', `/api/instances/${instanceId}/events`, { token: server.operatorToken });
    return (await answer.json()).items.filter((event: { code: string }) => event.code === code).length;
  };
  const unknown = await drop('nobody');
  expect([unknown.status, (await unknown.json()).field, await tell()]).toEqual([404, 'name', 0]);
  expect([(await drop(name)).ok, await tell()]).toEqual([true, 1]);
});

test('a drop that was cut off after the engine’s part leaves no password to reveal when it is asked for again', async () => {
  const { store } = server;
  const instance = await store.instances.findForControlPlane(instanceId);
  await store.transact(async (tx) => {
    const secretId = await store.secrets.seal(tx, instance?.projectId ?? '', 'generated');
    await store.instances.keepPassword(tx, instanceId, 'nobody', secretId);
  });
  const answer = await server.send('DELETE', `/api/instances/${instanceId}/users/nobody`, { token: server.operatorToken });
  expect([answer.status, await store.instances.listKeptPasswords(instanceId)]).toEqual([404, []]);
});
