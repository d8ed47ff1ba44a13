import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { getRequestListener } from '@hono/node-server';
import type { ProjectRole } from '#contract/may.ts';
import { takePort } from '#drivers/ports.testsuite.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { createApi } from './api/app.ts';
import type { GuestCalls } from './api/call.ts';
import { createHttpServer } from './http-server.ts';
import { createIdentity } from './identity/identity.ts';
import { createLive, type Live } from './live/live.ts';
import { createSocketServer } from './live/socket-server.ts';
import { createStore, type Store } from './store/store.ts';
import { startThrowAwayDatabase } from './store/throw-away-database.testsuite.ts';

export type Person = { accountId: string; token: string; username: string; password: string };
export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** The real store, sign-in, API and sockets on a real PostgreSQL and a real port; only guests and the host are stand-ins. */
export async function startTestServer() {
  const database = await startThrowAwayDatabase();
  const replica = await startReplica(database);
  const { store, identity } = replica;
  await identity.createFirstOperator(database.folder);
  const operator = await store.accounts.findByUsername('operator');
  const { value: operatorToken } = await identity.createToken(operator?.accountId ?? '', 'test', 1);

  return {
    ...replica,
    database,
    operatorToken,
    /** A second server on the same database. */
    startReplica: () => startReplica(database),
    addProject: (name: string) => store.transact((tx) => store.projects.insert(tx, { name, title: name })),
    addPerson: async (username: string, roles: Record<string, ProjectRole>): Promise<Person> => {
      const password = `password of ${username}`;
      const accountId = await identity.createAccount({ username, name: username, password });
      for (const [projectId, role] of Object.entries(roles))
        await store.transact((tx) => store.members.add(tx, projectId, accountId, role));
      const { value: token } = await identity.createToken(accountId, 'test', 1);
      return { accountId, token, username, password };
    },
    addInstance: async (projectId: string, name: string): Promise<string> => {
      const id = randomUUID();
      const size = { flavorId: 'gb.1g', volumeBytes: 2n * 1024n ** 3n };
      const row = { id, projectId, name, datastore: 'postgresql', version: '18', ...size, host: '127.0.0.1', allowedCidrs: [] };
      await store.transact((tx) => store.instances.insert(tx, row));
      return id;
    },
    stop: async () => {
      await replica.stop();
      await database.stop();
    },
  };
}

/** What guests answer in tests: enough for every endpoint to end well. */
const guests: GuestCalls = {
  query: async (_instanceId, name) => (answers[name] ?? {}) as never,
  act: async () => ({}) as never,
};
const answers: Record<string, unknown> = {
  'accounts.listDatabases': { databases: [{ name: 'shop', sizeBytes: 0 }] },
  'accounts.listUsers': { users: [{ name: 'clerk', canLogin: true, isRoot: false, connectionLimit: null, grants: [] }] },
  'connections.list': { connections: [], total: 0 },
  'connections.cancel': { user: 'app', database: 'shop' },
  'connections.end': { user: 'app', database: 'shop' },
  'logs.list': { logs: [{ name: 'postgresql', title: 'PostgreSQL', sizeBytes: 5, modifiedAt: new Date(0).toISOString() }] },
  'logs.read': { lines: [], before: null, after: null },
  'logs.readBytes': { base64: Buffer.from('line\n').toString('base64'), next: null },
};

async function startReplica({ url, keyFile }: { url: string; keyFile: string }) {
  const store: Store = createStore({ databaseUrl: url, keyFile });
  const tail = await store.changes.tail();
  store.instanceDirectory.follow(tail);
  const { http, open } = createHttpServer({ tls: null, trustedProxies: [] });
  const port = await takePort();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${port}`;
  const trustedOrigins = new Set([origin]);
  const identity = createIdentity({ store, tail, publicUrl: origin, trustedOrigins: [origin], secure: false });
  const { authenticate } = identity;
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  const io = createSocketServer(http, store, onFault);
  const live: Live = createLive({ io, store, tail, authenticate, trustedOrigins, guests, replicaId: origin, version: 'test', onFault });
  const host = {
    name: '127.0.0.1',
    listVersions: async () => [{ datastore: 'postgresql' as const, version: '18', full: '18.4', origin: 'npm', capabilities: [] }],
    findPrograms: async () => null,
    describeSystem: async () => ({}) as never,
    renewRecoveryKey: async () => {},
    openLocalStorage: async () => {
      await mkdir(`${keyFile}-local`, { recursive: true });
      return openStorage({ kind: 'local-directory' }, `${keyFile}-local`);
    },
  };
  const parts = { store, guests, identity, host, publicUrl: origin, authenticate, trustedOrigins, onFault };
  const api = createApi({ ...parts, handleSignIn: identity.handle, version: 'test' });
  const listener = getRequestListener(api.fetch, { overrideGlobalObjects: false });
  open({ api: listener, pages: (_request, response) => void response.end('page'), upgradePages: null });

  return {
    origin,
    store,
    identity,
    live,
    /** Faults of the server's own met so far. */
    faults,
    send: (method: string, path: string, options: { token?: string; body?: unknown; headers?: Record<string, string> } = {}) =>
      fetch(origin + path, {
        method,
        headers: {
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      }),
    stop: async () => {
      live.close();
      await new Promise<void>((resolve) => io.close(() => resolve()));
      await tail.close();
      await store.close();
    },
  };
}
