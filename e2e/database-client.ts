import pg from 'pg';
import type { Instance } from '#contract/resources/instance.ts';
import { firstProjectId } from './instances.ts';
import type { Rest } from './rest.ts';

export type Login = { user: string; password: string; database: string };

/** Connects as a tenant's program does: over TLS, with the project's CA and the host's name checked. Close it with `end()`. */
export async function connect(instance: Instance, caPem: string, login: Login): Promise<pg.Client> {
  const client = new pg.Client({
    host: instance.host === 'localhost' ? 'localhost' : '127.0.0.1',
    port: instance.port ?? 0,
    ...login,
    ssl: { ca: caPem, rejectUnauthorized: true },
    connectionTimeoutMillis: 5_000,
  });
  // A killed database ends the connection outside any query; the next query tells.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Connects as the first user of the instance, with the password Guestboard generated. */
export async function connectAsFirstUser(rest: Rest, instance: Instance): Promise<pg.Client> {
  const { firstUser: user, firstDatabase: database } = instance;
  if (user === null || database === null) throw new Error(`${instance.name} was made without a user or a database.`);
  const { password } = await rest('revealPassword', { path: { instanceId: instance.id }, body: { user } });
  return connect(instance, await readCa(rest, instance.projectId), { user, password, database });
}

export async function readCa(rest: Rest, projectId?: string): Promise<string> {
  return rest('getProjectCa', { path: { projectId: projectId ?? (await firstProjectId(rest)) } });
}

/** What the client says when it cannot connect; fails when it can. */
export async function whyNotConnected(attempt: Promise<pg.Client>): Promise<string> {
  try {
    const client = await attempt;
    await client.end();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('It connected although it must not.');
}
