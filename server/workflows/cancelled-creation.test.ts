import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takePort } from '#drivers/ports.testsuite.ts';
import { untilEnded } from '../ask-instance.testsuite.ts';
import { startHeadless } from '../headless.testsuite.ts';
import { startTestServer, type TestServer } from '../test-server.testsuite.ts';

const daily = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: 7, keepDays: null };
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server?.stop();
});

test('a creation or a clone that is cancelled takes with it what it was to be backed up by', async () => {
  const { store, database, operatorToken: token } = server;
  const projectId = await server.addProject('shop');
  const asked = { projectId, input: { name: 'made', datastore: 'postgresql', version: '18' } };
  const made = await (await server.send('POST', '/api/instances', { token, body: asked })).json();
  const sourceId = await server.addInstance(projectId, 'source');
  const operator = await store.accounts.findByUsername('operator');
  const actor = await store.accounts.findActor(operator?.accountId ?? '', null);
  const source = await store.instances.findForControlPlane(sourceId);
  if (actor === null || source === null) throw new Error('Nobody asks, or of nothing.');
  const facts = await store.facts.load(projectId, sourceId, actor);
  const cloneId = await store.transact((tx) =>
    store.operations.open(tx, { name: 'clone-instance', input: { name: 'twin' }, facts, actor }),
  );
  await store.transact((tx) => store.clones.ensure(tx, { operationId: cloneId, source, name: 'twin', host: 'here', actor }));
  for (const id of [made.instanceId, cloneId, sourceId])
    expect((await server.send('POST', `/api/instances/${id}/backup-schedules`, { token, body: daily })).status).toBe(201);
  for (const id of [made.operation.id, cloneId]) await store.transact((tx) => store.operations.requestCancel(tx, id));

  const folder = mkdtempSync('/tmp/gb-taken-');
  const [port, first] = [await takePort(), await takePort()];
  const headless = await startHeadless({
    databaseUrl: database.url,
    keyFile: database.keyFile,
    data: folder,
    port,
    nodeId: 'taken',
    agentFolder: '/nonexistent',
    portRange: { first, last: first },
    logLevel: 'silent',
  });
  try {
    for (const id of [made.operation.id, cloneId]) expect((await untilEnded(store, id)).state).toBe('cancelled');
    expect((await store.instances.listOfProject(projectId)).map(({ name }) => name)).toEqual(['source']);
    const left = await store.database.prisma.backupSchedule.findMany({ select: { instanceId: true } });
    expect(left).toEqual([{ instanceId: sourceId }]);
  } finally {
    await headless.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
