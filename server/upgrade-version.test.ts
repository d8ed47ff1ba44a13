import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { getOperation } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { compareVersions, findMinorUpgrade } from '#contract/upgrades.ts';
import { readKeptPrograms } from '#drivers/compute/local-process/kept-programs.ts';
import { takePort, takePortRange } from '#drivers/ports.testsuite.ts';
import { askInstance, untilEnded } from './ask-instance.testsuite.ts';
import { addAccount, buildPrograms, type Headless, startHeadless } from './headless.testsuite.ts';
import { breakStarts, type OwnPrograms, ownPrograms } from './newer-programs.testsuite.ts';
import { startThrowAwayDatabase, type ThrowAwayDatabase } from './store/throw-away-database.testsuite.ts';

const actor: Actor = { accountId: 'u', name: 'upgrader', operator: true, memberships: [], tokenId: null };
const projectId = 'upgrades';
const password = 'a password of a test';
const versions = { postgresql: '18', mariadb: '10.11', redis: '7.0' } as const;
let database: ThrowAwayDatabase;
let server: Headless;
let folder: string;
let serverFile = '';
type Upgraded = keyof typeof versions;
let programs: Record<Upgraded, OwnPrograms>;
/** Comes before them: what is put here is newer, and the older stay. */
const newer = (name: Upgraded) => path.join(folder, `newer-${name}`);
const ids: Record<string, string> = {};

beforeAll(async () => {
  database = await startThrowAwayDatabase();
  folder = mkdtempSync('/tmp/gb-upgrade-');
  chmodSync(folder, 0o755);
  const own = (name: Upgraded) => ownPrograms[name](path.join(folder, name));
  programs = { postgresql: own('postgresql'), mariadb: own('mariadb'), redis: own('redis') };
  const built = await buildPrograms(path.join(folder, 'programs'));
  serverFile = built.serverFile;
  const [port, portRange] = [await takePort(), await takePortRange()];
  const { url: databaseUrl, keyFile } = database;
  server = await startHeadless({
    ...{ databaseUrl, keyFile, data: folder, port, nodeId: 'upgrade', agentFolder: built.agentFolder },
    portRange,
    programFolders: [
      ...Object.entries(programs).map(([name, { binFolder }]) =>
        path.join(newer(name as Upgraded), path.relative(path.join(folder, name), binFolder)),
      ),
      ...Object.values(programs).map(({ binFolder }) => binFolder),
    ],
  });
  await addAccount(server.store, actor);
  const named = { databases: [{ name: 'app' }], users: [{ name: 'app', password, databases: ['app'] }] };
  await Promise.all([
    create('orders', { datastore: 'postgresql', ...named }),
    create('shop', { datastore: 'mariadb', ...named }),
    create('cache', { datastore: 'redis' }),
    create('books', { datastore: 'postgresql', version: '15', ...named }),
  ]);
  await create('orders-copy', { datastore: 'postgresql', from: { kind: 'replica', sourceId: ids.orders } });
  for (const name of ['orders', 'books']) await sql(name, 'CREATE TABLE goods AS SELECT generate_series(1, 1000) AS n');
}, 180_000);

afterAll(async () => {
  for (const id of [ids['orders-copy'], ids.orders, ids.shop, ids.cache, ids.books].filter((one) => one !== undefined))
    await ask('force-delete-instance', id, { confirmName: (await get(id)).name }).catch(() => {});
  await server?.stop();
  await database?.stop();
  if (serverFile) rmSync(serverFile, { force: true });
  if (folder) rmSync(folder, { recursive: true, force: true });
}, 120_000);

test('what is newest is not upgraded; what is older, unknown or another engine’s is refused by field', async () => {
  expect(await refuse('orders', '18')).toMatchObject({ field: 'version', reason: expect.stringContaining('the newest of 18') });
  expect((await refuse('orders', '15'))?.reason).toMatch(/^PostgreSQL 15 is older than 18/);
  expect(await refuse('orders', '99')).toMatchObject({
    field: 'version',
    reason: expect.stringMatching(/^This host has no PostgreSQL 99; it has 18/),
  });
  expect((await refuse('cache', '99'))?.reason).toMatch(/^This host has no Redis 99/);
  expect(findMinorUpgrade(await get(ids.orders), await server.compute.listVersions())).toBeNull();
});

test.each([
  ['orders', 'postgresql'],
  ['shop', 'mariadb'],
  ['cache', 'redis'],
] as const)(
  '%s goes on with newer programs of its version as soon as they are asked for',
  async (name, datastore) => {
    const before = programs[datastore].full();
    programs[datastore].update();
    const after = programs[datastore].full();
    // What runs is the old program still, though its file is gone.
    expect(findMinorUpgrade(await get(ids[name]), await server.compute.listVersions())).toEqual({ running: before, installed: after });
    expect(await refuse(name, versions[datastore])).toBeNull();
    const done = await ask('upgrade-version', ids[name] ?? '', { version: versions[datastore] });
    expect(done.fault).toBeNull();
    expect(done.steps.at(-1)?.detail).toContain(after);
    const instance = await get(ids[name]);
    expect(instance).toMatchObject({
      version: versions[datastore],
      runningStatus: null,
      errored: false,
      guest: { version: after, acceptsWrites: true },
    });
  },
  120_000,
);

test('a replica that does not start on newer programs is named; its source goes on untouched', async () => {
  const started = (await get(ids.orders)).guest?.startedAtMs;
  programs.postgresql.update();
  const mend = breakStarts(programs.postgresql);
  try {
    const { fault } = await ask('upgrade-version', ids.orders ?? '', { version: '18' });
    expect(fault?.sentence).toMatch(
      /^orders-copy does not start on 18\.\d+: .+ orders was not touched\. The programs it had are no longer on this host\. Put programs of 18 in place/,
    );
  } finally {
    mend();
  }
  expect((await get(ids.orders)).guest).toMatchObject({ processState: 'running', startedAtMs: started });
  expect((await ask('start-instance', ids['orders-copy'] ?? '', {})).fault).toBeNull();
  expect((await ask('upgrade-version', ids.orders ?? '', { version: '18' })).fault).toBeNull();
}, 120_000);

test.each([
  ['orders-copy', 'orders', 'postgresql', ' orders was not touched\\.'],
  ['cache', 'cache', 'redis', ''],
] as const)(
  '%s that does not start on newer programs runs on those it had, though the agent is killed on the way, and keeps to them until it is asked again',
  async (name, upgraded, datastore, rest) => {
    const id = ids[name] ?? '';
    const before = programs[datastore].full();
    const coming = ownPrograms[datastore](newer(datastore));
    while (compareVersions(coming.full(), before) <= 0) coming.update();
    const after = coming.full();
    const mend = breakStarts(coming);
    const version = versions[datastore];
    try {
      const operationId = await open('upgrade-version', ids[upgraded] ?? '', { version });
      await until(async () => readKeptPrograms(server.compute.places, id.slice(0, 8))?.isBack === true);
      const { agentPid } = await server.compute.probe(id);
      if (agentPid !== null) process.kill(agentPid, 'SIGKILL');
      const { fault } = await ended(operationId);
      expect(fault?.detail).toContain('broken by a test');
      expect(fault?.sentence).toMatch(
        new RegExp(
          `^${name} does not start on ${after}: .+ It runs on ${before} again, with its data as it was\\.${rest} Its log says why`,
        ),
      );
      expect(await get(id)).toMatchObject({ version, errored: false, guest: { version: before, processState: 'running' } });
      // Nobody comes by the new ones unasked: not by a stop and an agent that is started anew, either.
      expect((await ask('stop-instance', id, {})).fault).toBeNull();
      const killed = (await server.compute.probe(id)).agentPid ?? 0;
      process.kill(killed, 'SIGKILL');
      // By us, or by the server's own look.
      await until(async () => {
        await server.compute.ensure(id);
        return ![null, killed].includes((await server.compute.probe(id)).agentPid);
      });
      expect((await ask('start-instance', id, {})).fault).toBeNull();
      expect((await get(id)).guest?.version).toBe(before);
    } finally {
      mend();
    }
    expect((await ask('upgrade-version', ids[upgraded] ?? '', { version })).fault).toBeNull();
    expect((await get(id)).guest?.version).toBe(after);
    programs[datastore] = coming;
  },
  120_000,
);

test('its replica went first, runs the same and follows; no row is lost', async () => {
  const [source, replica] = [await get(ids.orders), await get(ids['orders-copy'])];
  expect(replica.guest).toMatchObject({ version: source.guest?.version, replication: { connected: true } });
  expect(replica.guest?.startedAtMs).toBeLessThan(source.guest?.startedAtMs ?? 0);
  expect(await sql('orders', 'SELECT count(*)::int AS n FROM goods')).toEqual([{ n: 1000 }]);
});

test('another version that does not start gives the old one back, with its data, and nothing beside it', async () => {
  const mend = breakStarts(programs.postgresql);
  try {
    // A restart on newer programs says nothing about how long it takes to write everything anew.
    const estimate = (confirmName: string) => server.store.operations.estimate('upgrade-version', { version: '18', confirmName });
    expect([(await estimate(''))?.runs, await estimate('books')]).toEqual([3, null]);
    const failed = await ask('upgrade-version', ids.books ?? '', { version: '18', confirmName: 'books' });
    expect(failed).toMatchObject({ state: 'failed', fault: { code: 'engine-unavailable' } });
    expect(failed.fault?.sentence).toMatch(
      /^books does not start on 18\.\d+: .+ It goes back to its version of before, with its data as it was\.$/,
    );
    expect(failed.steps.find(({ state }) => state === 'failed')?.key).toBe('switch');
  } finally {
    mend();
  }
  expect(await get(ids.books)).toMatchObject({ version: '15', runningStatus: null, errored: false });
  await until(async () => (await get(ids.books)).guest?.processState === 'running');
  expect(await sql('books', 'SELECT count(*)::int AS n FROM goods')).toEqual([{ n: 1000 }]);
  expect(dataFolders()).toEqual(['data']);
}, 120_000);

test('another version takes over accounts and rows though the agent is killed in the middle; a backup of before is no longer restored in place', async () => {
  const input = { version: '18', confirmName: 'books' };
  expect(
    getOperation('upgrade-version').refuse(await loadFacts(ids.books ?? ''), { ...input, confirmName: 'bocks' }, Date.now())?.field,
  ).toBe('confirmName');
  const id = await open('upgrade-version', ids.books ?? '', input);
  await until(
    async () =>
      (await server.store.operations.findForControlPlane(id))?.steps.some(({ key, done }) => key === 'build' && done !== null) ?? false,
  );
  process.kill((await server.compute.probe(ids.books ?? '')).agentPid ?? 0, 'SIGKILL');
  const done = await ended(id);
  expect(done.fault).toBeNull();
  expect(await get(ids.books)).toMatchObject({
    version: '18',
    errored: false,
    guest: { version: programs.postgresql.full(), acceptsWrites: true },
  });
  expect(await sql('books', 'SELECT count(*)::int AS n FROM goods')).toEqual([{ n: 1000 }]);
  await sql('books', 'INSERT INTO goods VALUES (0)');
  expect(dataFolders()).toEqual(['data']);
  const safety = await server.store.backups.findForControlPlane(done.id);
  expect(safety).toMatchObject({ name: expect.stringMatching(/^before-upgrade-/), state: 'COMPLETED', version: '15' });
  // The archive that began with the safety backup ends where the old log does, and says why.
  const listEvents = async () => (await server.store.events.list(ids.books ?? '', { limit: 50 })).items;
  await until(async () => (await listEvents()).some(({ sentence }) => /archive ended. Other data took the place/.test(sentence)));
  const facts = await loadFacts(ids.books ?? '');
  expect(
    getOperation('restore-in-place').refuse(facts, { backupId: done.id, override: '', confirmName: 'books' }, Date.now())?.reason,
  ).toMatch(/another version/);
}, 120_000);

function dataFolders(): string[] {
  return readdirSync(path.join(folder, 'guests', ids.books?.slice(0, 8) ?? '')).filter((name) => name.startsWith('data'));
}

async function until(pleases: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; !(await pleases()); await new Promise((resolve) => setTimeout(resolve, 40)))
    if (performance.now() > end) throw new Error('It did not come to pass.');
}

async function create(name: string, given: object): Promise<void> {
  const { datastore } = given as { datastore: keyof typeof versions };
  const input = CreateInstanceInput.parse({ name, version: versions[datastore], ...given });
  const facts = await server.store.facts.load(projectId, null, actor);
  expect(getOperation('create-instance').refuse(facts, input, Date.now())).toBeNull();
  const made = await server.store.transact((tx) => server.store.newInstances.open(tx, { input, facts, actor, host: '127.0.0.1' }));
  ids[name] = made.instanceId;
  expect((await ended(made.operationId)).fault).toBeNull();
}

async function get(id = '') {
  const found = await server.store.instances.findForControlPlane(id);
  if (found === null) throw new Error('The instance is gone.');
  return found;
}

async function loadFacts(id: string) {
  return { ...(await server.store.facts.load(projectId, id, actor)), versions: await server.compute.listVersions() };
}

async function refuse(name: string, version: string) {
  return getOperation('upgrade-version').refuse(await loadFacts(ids[name] ?? ''), { version, confirmName: name }, Date.now());
}

type Asked = 'upgrade-version' | 'force-delete-instance' | 'start-instance' | 'stop-instance';

async function open(name: Asked, id: string, given: object): Promise<string> {
  const facts = await loadFacts(id);
  const input = getOperation(name).input.parse(given);
  return server.store.transact((tx) => server.store.operations.open(tx, { name, input, facts, actor }));
}

async function ask(name: Asked, id: string, given: object): Promise<Operation> {
  return ended(await open(name, id, given));
}

const ended = (id: string) => untilEnded(server.store, id);

const sql = (name: string, statement: string) => askInstance(server.store, ids[name] ?? '', password, statement);
