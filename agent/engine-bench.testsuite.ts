import { existsSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import type { DatastoreName } from '#contract/datastores/index.ts';
import type { LogLevel } from '#contract/resources/log.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { engines } from './engines/index.ts';
import { context, createProject, createTls, leaveRoot, makeReachable, type TestGuest, type TestProject } from './guest.testsuite.ts';

/** One engine version, and how a tenant's own client talks to it: over TLS, checking the project's authority. */
export type EngineUnderTest = {
  datastore: DatastoreName;
  version: string;
  binFolder: string;
  connect(guest: TestGuest, login: Login): Promise<TenantClient>;
  /** What the suites let a tenant do, in the engine's own words. Rows are numbers under `n`. */
  says: { make(table: string): string; add(table: string, n: number): string; list(table: string): string; nothing: string };
  /** What makes more data than `bytes`, and an answer that tells how much is there. */
  manyRows: { make: string; count: string; bytes: number /** Writes all of it anew. */; change: string };
  /** A statement with a password in it. */
  withPassword(password: string): string;
  /** A statement that takes so many seconds. */
  sleep(seconds: number): string;
  /** What a user is granted to use a database: its name, or what the engine has instead. */
  grants(database: string): string[];
  /** Ways to write that need no table: closed to those who may only read. */
  writesOtherwise: readonly string[];
  /** Whether the server itself lets nobody in from networks that are not allowed; elsewhere the agent ends such connections. */
  refusesNetworks: boolean;
  /** How long after its beginning an initialise is in the middle of it. */
  initialisingMs: number;
  /** What neither a user nor root may do. */
  forbidden: readonly string[];
  /** What a client hears when every connection is taken. */
  full: RegExp;
  /** Hostile names of databases and users it takes, and names it refuses by rule. */
  names: { taken: readonly string[]; refused: readonly string[] };
  /** Something a tenant does that the first log tells of, with this level and these words. */
  logged: { provoke(guest: TestGuest): Promise<unknown>; level: LogLevel; words: string };
  /** Where it has replicas. */
  replication?: ReplicationUnderTest;
  /** A parameter that takes effect at once, one that needs a restart, values to refuse, and how to read what is in effect. */
  parameters: {
    live: [string, number];
    restart: [string, number];
    /** Right by every rule, but more than a host has; null where a server starts with anything it takes. */
    tooMuch: [string, number] | null;
    refused: Record<string, string | number | boolean>[];
    read(bench: TestBench, guest: TestGuest, name: string): Promise<string>;
    /** With these every acknowledged write is on the disk. */
    durable: Record<string, string | number | boolean>;
    /** Whether another size of guest waits for a restart. */
    resizeNeedsRestart: boolean;
  };
};
export type ReplicationUnderTest = {
  /** What a client hears that writes to a replica, and what the copying account hears when it asks for data. */
  refusesWrites: RegExp;
  refusesCopier: RegExp;
  position: RegExp;
  /** Keeps a replica from applying what it is sent, and lets it go on. */
  stall(guest: TestGuest): Promise<unknown>;
  resume(guest: TestGuest): Promise<unknown>;
  /** Ends the connection of the source's replicas, as a broken network does. */
  cut(source: TestGuest): Promise<unknown>;
};
export type Login = { user: string; password: string; database: string };
export type TenantClient = { query(text: string): Promise<Record<string, unknown>[]>; close(): Promise<void> };

/** What the suites share: one project of one engine version, and a tenant in it. */
export type TestBench = {
  subject: EngineUnderTest;
  createGuest(): Promise<TestGuest>;
  /** Running, with the tenant's database and user. */
  beginGuest(change?: Parameters<TestGuest['begin']>[0]): Promise<TestGuest>;
  /** A certificate authority that made none of this project's certificates. */
  foreignAuthority(): Promise<string>;
  ask(guest: TestGuest, text: string, login?: Login): Promise<Record<string, unknown>[]>;
  /** How many rows a table has. */
  count(guest: TestGuest, table: string): Promise<number>;
};

export const password = 'Correct-horse-7-battery';
export const tenant: Login = { user: 'app', password, database: 'app' };

/** Call at the top of a test file: makes the project before its tests and removes it after. */
export async function openBench(subject: EngineUnderTest): Promise<TestBench> {
  // Loaded while the project's folder can still be read.
  await engines[subject.datastore]();
  const programs = makeReachable(subject.binFolder);
  leaveRoot();
  let project: TestProject | undefined;
  const createGuest = async () => {
    if (project === undefined) throw new Error('The project has not been made.');
    return project.createGuest();
  };
  beforeAll(async () => {
    if (!existsSync(programs.binFolder))
      throw new Error(`${subject.datastore} ${subject.version} is missing: nothing at ${subject.binFolder}.`);
    project = await createProject(subject.datastore, subject.version, programs.binFolder);
  });
  afterAll(async () => {
    await project?.close();
    programs.remove();
  });
  const ask: TestBench['ask'] = async (guest, text, login = tenant) => {
    const client = await subject.connect(guest, login);
    try {
      return await client.query(text);
    } finally {
      await client.close();
    }
  };
  return {
    subject,
    createGuest,
    beginGuest: async (change) => {
      const guest = await createGuest();
      await guest.begin({ parameters: subject.parameters.durable, ...change });
      if (hasNamedDatabases(subject.datastore)) await guest.engine.accounts.createDatabase({ name: tenant.database }, context());
      await guest.engine.accounts.createUser({ name: tenant.user, password, grants: subject.grants(tenant.database) }, context());
      return guest;
    },
    foreignAuthority: async () => (await createTls()).caPem,
    ask,
    count: async (guest, table) => (await ask(guest, subject.says.list(table))).length,
  };
}

/** One look within a beat. */
export function look(guest: TestGuest) {
  return guest.engine.look(AbortSignal.timeout(1000));
}

export function getMain(guest: TestGuest): ProcessIdentity {
  const main = guest.engine.mainProcess();
  if (main === null) throw new Error('The engine names no main process.');
  return main;
}
