import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, type EndpointName } from '#contract/api.ts';
import type { Endpoint } from '#contract/endpoints/endpoint.ts';
import { liveActions } from '#contract/live.ts';
import { type Action, type Actor, may, type ProjectRole } from '#contract/may.ts';
import { getOperation, OperationName } from '#contract/operations/index.ts';
import { daily, targetAddress } from './authorisation.testsuite.ts';
import { startTestServer, type TestServer } from './test-server.testsuite.ts';

type Input = { path?: Record<string, string>; query?: string; body?: unknown };
type Place = {
  projectId: string;
  instanceId: string;
  operationId: string;
  backupId: string;
  groupId: string;
  scheduleId: string;
  targetId: string;
};
type Asker = { title: string; token: string | null; actor: Actor | null };

let server: TestServer;
let places: { own: Place; foreign: Place };
let askers: Asker[];
let counter = 0;

const unique = (prefix: string) => `${prefix}-${++counter}`;

/** A request to each endpoint that would end well for whoever may: a new endpoint without one does not compile. */
const inputs: { [N in EndpointName]: (place: Place, asker: Asker) => Input | Promise<Input> } = {
  getMe: () => ({}),
  listProjects: () => ({}),
  createProject: () => ({ body: { name: unique('project'), title: 'Another' } }),
  listQuotas: ({ projectId }) => ({ path: { projectId } }),
  changeQuotas: ({ projectId }) => ({ path: { projectId }, body: { instances: 500 } }),
  renameProject: ({ projectId }) => ({ path: { projectId }, body: { title: 'Renamed' } }),
  deleteProject: ({ projectId }) => ({ path: { projectId } }),
  getProjectCa: ({ projectId }) => ({ path: { projectId } }),
  listMembers: ({ projectId }) => ({ path: { projectId } }),
  changeMemberRole: async ({ projectId }) => ({ path: { projectId, memberId: await addMember(projectId) }, body: { role: 'viewer' } }),
  removeMember: async ({ projectId }) => ({ path: { projectId, memberId: await addMember(projectId) } }),
  listInvitations: ({ projectId }) => ({ path: { projectId } }),
  createInvitation: ({ projectId }) => ({ path: { projectId }, body: { role: 'viewer' } }),
  deleteInvitation: async ({ projectId }) => ({ path: { projectId, invitationId: (await invite(projectId)).invitation.id } }),
  // Into a project of its own: joining would change the asker's rights in the table's projects.
  acceptInvitation: async () => ({
    body: {
      secret: (await invite(await server.addProject(unique('joined')))).secret,
      account: { username: unique('joiner'), name: 'Joiner', password: 'a long password' },
    },
  }),
  listTokens: () => ({}),
  createToken: () => ({ body: { name: 'script' } }),
  deleteToken: async (_place, asker) => {
    const accountId = asker.actor?.accountId;
    const token = accountId ? await server.identity.createToken(accountId, 'short-lived', 1) : { id: 'none' };
    return { path: { tokenId: token.id } };
  },
  listDatastoreVersions: () => ({}),
  listFlavors: () => ({}),
  listInstances: () => ({}),
  createInstance: ({ projectId }) => ({
    body: { projectId, input: { name: unique('made'), datastore: 'postgresql', version: '18' }, dryRun: true },
  }),
  getInstance: ({ instanceId }) => ({ path: { instanceId } }),
  startOperation: ({ instanceId }) => ({ path: { instanceId }, body: { name: 'restart-instance', dryRun: true } }),
  revealPassword: ({ instanceId }) => ({ path: { instanceId }, body: { user: 'app' } }),
  listEvents: ({ instanceId }) => ({ path: { instanceId } }),
  listSamples: ({ instanceId }) => ({ path: { instanceId } }),
  getSystem: () => ({}),
  listDatabases: ({ instanceId }) => ({ path: { instanceId } }),
  createDatabase: ({ instanceId }) => ({ path: { instanceId }, body: { name: 'shop' } }),
  dropDatabase: ({ instanceId }) => ({ path: { instanceId, name: 'shop' } }),
  setDatabaseOwner: ({ instanceId }) => ({ path: { instanceId, name: 'shop' }, body: { owner: 'clerk' } }),
  listUsers: ({ instanceId }) => ({ path: { instanceId } }),
  createUser: ({ instanceId }) => ({ path: { instanceId }, body: { name: 'clerk' } }),
  dropUser: ({ instanceId }) => ({ path: { instanceId, name: 'clerk' } }),
  setUserPassword: ({ instanceId }) => ({ path: { instanceId, name: 'clerk' }, body: {} }),
  setUserGrants: ({ instanceId }) => ({ path: { instanceId, name: 'clerk' }, body: { grants: ['shop'] } }),
  getRoot: ({ instanceId }) => ({ path: { instanceId } }),
  enableRoot: ({ instanceId }) => ({ path: { instanceId } }),
  disableRoot: ({ instanceId }) => ({ path: { instanceId } }),
  listExtensions: ({ instanceId }) => ({ path: { instanceId, name: 'shop' } }),
  createExtension: ({ instanceId }) => ({ path: { instanceId, name: 'shop' }, body: { name: 'hstore' } }),
  dropExtension: ({ instanceId }) => ({ path: { instanceId, name: 'shop', extension: 'hstore' } }),
  listConnections: ({ instanceId }) => ({ path: { instanceId } }),
  cancelStatement: ({ instanceId }) => ({ path: { instanceId, connectionId: '1-1' } }),
  endConnection: ({ instanceId }) => ({ path: { instanceId, connectionId: '1-1' } }),
  listLogs: ({ instanceId }) => ({ path: { instanceId } }),
  readLog: ({ instanceId }) => ({ path: { instanceId, name: 'postgresql' } }),
  downloadLog: ({ instanceId }) => ({ path: { instanceId, name: 'postgresql' } }),
  listOperations: () => ({}),
  getOperation: ({ operationId }) => ({ path: { operationId } }),
  cancelOperation: ({ operationId }) => ({ path: { operationId } }),
  resumeOperation: ({ operationId }) => ({ path: { operationId } }),
  listBackups: () => ({}),
  getBackup: ({ backupId }) => ({ path: { backupId } }),
  listBackupProofs: ({ backupId }) => ({ path: { backupId } }),
  proveBackup: ({ backupId }) => ({ path: { backupId } }),
  deleteBackup: ({ backupId }) => ({ path: { backupId } }),
  getRestoreWindow: ({ instanceId }) => ({ path: { instanceId } }),
  setBackupLimit: ({ instanceId }) => ({ path: { instanceId }, body: { bytesPerSecond: 5_000_000 } }),
  setArchiving: ({ instanceId }) => ({ path: { instanceId }, body: { enabled: true } }),
  listConfigurationGroups: () => ({}),
  createConfigurationGroup: ({ projectId }) => ({ body: { projectId, name: unique('group'), datastore: 'postgresql', values: {} } }),
  updateConfigurationGroup: ({ groupId }) => ({ path: { configurationGroupId: groupId }, body: { values: {} } }),
  listBackupSchedules: ({ instanceId }) => ({ path: { instanceId } }),
  createBackupSchedule: ({ instanceId }) => ({ path: { instanceId }, body: daily }),
  previewBackupSchedule: ({ instanceId }) => ({ path: { instanceId }, body: daily }),
  updateBackupSchedule: ({ scheduleId }) => ({ path: { backupScheduleId: scheduleId }, body: { keepCount: 3 } }),
  runBackupSchedule: ({ scheduleId }) => ({ path: { backupScheduleId: scheduleId } }),
  deleteBackupSchedule: async (place) => ({ path: { backupScheduleId: await addSchedule(place) } }),
  deleteConfigurationGroup: async ({ projectId }) => ({ path: { configurationGroupId: await addGroup(projectId) } }),
  listStorageTargets: () => ({}),
  createStorageTarget: ({ projectId }) => ({ body: { projectId, name: unique('target'), address: targetAddress } }),
  updateStorageTarget: ({ targetId }) => ({ path: { storageTargetId: targetId }, body: { isDefault: true } }),
  testLocalStorage: ({ projectId }) => ({ body: { projectId } }),
  testStorageTarget: ({ targetId }) => ({ path: { storageTargetId: targetId } }),
  getRecovery: () => ({}),
  changeRecovery: () => ({ body: { keepCount: 24 } }),
  saveControlPlane: () => ({}),
  renewRecoveryKey: () => ({}),
  getRecoveryStorage: () => ({}),
  deleteStorageTarget: async ({ projectId }) => ({ path: { storageTargetId: await addTarget(projectId) } }),
};

beforeAll(async () => {
  server = await startTestServer();
  const { store } = server;
  await store.recovery.begin('age1test');
  const own = await addPlace('own');
  const foreign = await addPlace('foreign');
  places = { own, foreign };
  const roles: ProjectRole[] = ['viewer', 'member', 'admin'];
  const people = await Promise.all(
    roles.map(async (role) => {
      const { accountId, token } = await server.addPerson(`table-${role}`, { [own.projectId]: role });
      return { title: role, token, actor: await store.accounts.findActor(accountId, null) };
    }),
  );
  const loner = await server.addPerson('table-loner', {});
  const operator = await store.accounts.findByUsername('operator');
  askers = [
    { title: 'nobody', token: null, actor: null },
    { title: 'a wrong token', token: 'gb_wrong', actor: null },
    { title: 'a person without a project', token: loner.token, actor: await store.accounts.findActor(loner.accountId, null) },
    ...people,
    { title: 'operator', token: server.operatorToken, actor: await store.accounts.findActor(operator?.accountId ?? '', null) },
  ];
});

afterAll(() => server?.stop());

function expectStatus(endpoint: Endpoint, action: Action | null, actor: Actor | null, place: Place): 401 | 403 | 404 | 'through' {
  if (action === null) return 'through';
  if (actor === null) return 401;
  const belongs = actor.operator || actor.memberships.some((membership) => membership.projectId === place.projectId);
  if (endpoint.scope !== 'none' && !belongs) return 404;
  return may(actor, action, endpoint.scope === 'none' ? null : place) ? 'through' : 403;
}

describe.each(Object.keys(api) as EndpointName[])('%s', (name) => {
  const endpoint: Endpoint = api[name];

  test.each(['own', 'foreign'] as const)('asked by every role in the %s project', async (where) => {
    for (const asker of askers) {
      const place = places[where];
      // The operation asked for in the table needs more than reading; the table below walks them all.
      const action = name === 'startOperation' ? 'instance.operate' : endpoint.action;
      const expected = expectStatus(endpoint, action, asker.actor, place);
      const status = await ask(endpoint, await inputs[name](place, asker), asker);
      if (expected !== 'through') expect(status, `${asker.title}, ${where}`).toBe(expected);
      else expect([401, 403, 404, 500], `${asker.title}, ${where}`).not.toContain(status);
    }
    expect(server.faults).toEqual([]);
  });
});

describe.each(OperationName.options.filter((name) => getOperation(name).subject === 'instance'))('operation %s', (name) => {
  test.each(['own', 'foreign'] as const)('asked by every role in the %s project', async (where) => {
    const place = places[where];
    const sizes = { flavorId: 'gb.2g', volumeBytes: 4e9 };
    const names = { name: 'other', confirmName: 'x', version: '18', keep: 'old' };
    const values = { ...sizes, ...names, configurationGroupId: null, backupId: randomUUID() };
    const { input: schema } = getOperation(name);
    const input = Object.fromEntries(Object.entries(values).filter(([key]) => 'shape' in schema && key in Object(schema.shape)));
    for (const asker of askers) {
      const read = expectStatus(api.startOperation, 'instance.read', asker.actor, place);
      const expected = read === 'through' ? expectStatus(api.startOperation, getOperation(name).action, asker.actor, place) : read;
      const status = await ask(api.startOperation, { path: { instanceId: place.instanceId }, body: { name, input, dryRun: true } }, asker);
      expect(status, `${asker.title}, ${where}`).toBe(expected === 'through' ? 200 : expected);
    }
  });
});

describe.each(Object.keys(liveActions) as (keyof typeof liveActions)[])('socket event %s', (event) => {
  test.each(['own', 'foreign'] as const)('sent by every role about the %s project', async (where) => {
    const place = places[where];
    for (const asker of askers) {
      const socket = await connect(asker);
      expect(socket !== null, `${asker.title} connects`).toBe(asker.actor !== null);
      if (socket === null) continue;
      const belongs = asker.actor?.operator || asker.actor?.memberships.some((each) => each.projectId === place.projectId);
      const allowed = may(asker.actor, liveActions[event], place);
      if (event === 'log.follow') {
        const answer = await socket.emitWithAck('log.follow', { followId: 'f', instanceId: place.instanceId, name: 'postgresql' });
        expect(answer.ok ? 'ok' : answer.problem.code, `${asker.title}, ${where}`).toBe(
          allowed ? 'ok' : belongs ? 'not-allowed' : 'not-found',
        );
      }
      if (event === 'log.unfollow') socket.emit('log.unfollow', { followId: 'another’s' });
      if (event === 'ping') expect(await socket.emitWithAck('ping')).toBeTypeOf('number');
      socket.close();
    }
  });
});

async function ask(endpoint: Endpoint, { path = {}, query = '', body }: Input, asker: Asker): Promise<number> {
  const address = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? 'missing'));
  const options = { ...(asker.token === null ? {} : { token: asker.token }), ...(body === undefined ? {} : { body }) };
  const response = await server.send(endpoint.method, address + query, options);
  await response.arrayBuffer();
  return response.status;
}

function connect(asker: Asker): Promise<Socket | null> {
  const headers = asker.token === null ? {} : { authorization: `Bearer ${asker.token}` };
  const socket = io(`${server.origin}/live`, { transports: ['websocket'], extraHeaders: headers, forceNew: true, reconnection: false });
  return new Promise((resolve) => {
    socket.on('hello', () => resolve(socket));
    socket.on('connect_error', () => resolve(null));
  });
}

async function addPlace(name: string): Promise<Place> {
  const { store } = server;
  const projectId = await server.addProject(name);
  const instanceId = await server.addInstance(projectId, `${name}-instance`);
  const backupId = randomUUID();
  const operator = await store.accounts.findByUsername('operator');
  const actor = await store.accounts.findActor(operator?.accountId ?? '', null);
  if (!actor) throw new Error('There is no operator.');
  const operationId = await store.transact(async (tx) => {
    const secretId = await store.secrets.seal(tx, projectId, 'generated');
    await store.instances.keepPassword(tx, instanceId, 'app', secretId);
    await tx.projectCa.create({ data: { projectId, certificatePem: 'PEM', keySecretId: secretId } });
    const kind = { datastore: 'postgresql', version: '18', state: 'BUILDING', createdBy: 'test' };
    await store.backups.insert(tx, { id: backupId, projectId, instanceId, instanceName: name, name: 'nightly', ...kind });
    const facts = await store.facts.load(projectId, instanceId, actor);
    return store.operations.open(tx, {
      name: 'rename-instance',
      input: { name: 'other' },
      facts,
      actor,
      instance: { id: instanceId, name },
    });
  });
  const [groupId, scheduleId] = [await addGroup(projectId), await addSchedule({ projectId, instanceId })];
  return { projectId, instanceId, operationId, backupId, groupId, scheduleId, targetId: await addTarget(projectId) };
}

async function addSchedule({ projectId, instanceId }: Pick<Place, 'projectId' | 'instanceId'>): Promise<string> {
  const id = randomUUID();
  const schedule = { id, projectId, instanceId, ...daily, changedByAccountId: 'a', changedBy: 'A' };
  await server.store.transact((tx) => server.store.backupSchedules.insert(tx, schedule));
  return id;
}

async function addGroup(projectId: string): Promise<string> {
  const id = randomUUID();
  const group = { id, projectId, name: unique('group'), datastore: 'postgresql' as const, values: {} };
  await server.store.transact((tx) => server.store.configurationGroups.insert(tx, group));
  return id;
}

async function addTarget(projectId: string): Promise<string> {
  const id = randomUUID();
  const target = { id, projectId, name: unique('target'), address: targetAddress };
  await server.store.transact((tx) => server.store.storageTargets.insert(tx, target));
  return id;
}

async function addMember(projectId: string): Promise<string> {
  const id = randomUUID();
  const { store } = server;
  await store.database.prisma.user.create({ data: { id, name: id, email: `${id}@local.invalid`, username: id } });
  await store.transact((tx) => store.members.add(tx, projectId, id, 'viewer'));
  return (await store.members.list(projectId)).find((member) => member.accountId === id)?.id ?? 'missing';
}

function invite(projectId: string) {
  const invitation = { projectId, role: 'viewer' as const, note: '', invitedBy: 'test' };
  return server.store.transact((tx) => server.store.invitations.insert(tx, invitation));
}
