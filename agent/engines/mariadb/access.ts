import type { Client } from './connections.ts';
import { stoppedUser } from './place.ts';
import { fromPattern, quoteAccount, quotePattern, quoteText } from './sql.ts';

/** One account of a tenant's user: there is one for every network it may come from. */
export type Account = { user: string; host: string; hash: string; locked: boolean; connectionLimit: number | null };
export type Grant = { user: string; host: string; database: string; writes: boolean };

export const rootName = 'root';

/** Tenants' accounts: ours are at localhost, roles at no host. */
export async function listAccounts(client: Client, user: string | null = null): Promise<Account[]> {
  const rows = await client.query<{ user: string; host: string; priv: string | object }>(
    `SELECT User AS user, Host AS host, Priv AS priv FROM mysql.global_priv WHERE Host NOT IN ('localhost', '') AND User <> ''
     ${user === null ? '' : `AND User = ${quoteText(user)}`} ORDER BY User, Host`,
  );
  return rows.map((row) => {
    const priv = (typeof row.priv === 'string' ? JSON.parse(row.priv) : row.priv) as Record<string, unknown>;
    const limit = Number(priv.max_user_connections ?? 0);
    return {
      user: row.user,
      host: row.host,
      hash: String(priv.authentication_string ?? ''),
      locked: priv.account_locked === true,
      connectionLimit: limit > 0 ? limit : null,
    };
  });
}

export async function listGrants(client: Client): Promise<Grant[]> {
  const rows = await client.query<{ user: string; host: string; pattern: string; writes: string }>(
    `SELECT User AS user, Host AS host, Db AS pattern, Insert_priv AS writes FROM mysql.db
     WHERE Host NOT IN ('localhost', '') AND User <> '' ORDER BY Db`,
  );
  return rows.map(({ user, host, pattern, writes }) => ({ user, host, database: fromPattern(pattern), writes: writes === 'Y' }));
}

export async function isStopped(client: Client): Promise<boolean> {
  const rows = await client.query(`SELECT 1 FROM mysql.global_priv WHERE User = '${stoppedUser}' AND Host = 'localhost'`);
  return rows.length > 0;
}

/** Everything inside a database but passing rights on; while growth is stopped only what reads and what makes room. */
export async function grant(client: Client, account: { user: string; host: string }, database: string, stopped: boolean): Promise<void> {
  const [on, who] = [`${quotePattern(database)}.*`, quoteAccount(account)];
  if (stopped) {
    // The right to read is given first, so that the row, which says what was granted, is always there.
    await client.query(`GRANT SELECT ON ${on} TO ${who}`);
    await client.query(`REVOKE ${growing} ON ${on} FROM ${who}`);
  }
  await client.query(`GRANT ${stopped ? shrinking : 'ALL PRIVILEGES'} ON ${on} TO ${who}`);
}

const shrinking = 'SELECT, DELETE, DROP, SHOW VIEW, LOCK TABLES';
const growing =
  'INSERT, UPDATE, CREATE, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, TRIGGER, DELETE HISTORY';

export async function revoke(client: Client, { user, host, database }: Omit<Grant, 'writes'>): Promise<void> {
  await client.query(`REVOKE ALL PRIVILEGES ON ${quotePattern(database)}.* FROM ${quoteAccount({ user, host })}`);
}

export function createAccount(client: Client, { user, host, hash, locked }: Omit<Account, 'connectionLimit'>): Promise<unknown> {
  return client.query(
    `CREATE USER IF NOT EXISTS ${quoteAccount({ user, host })} IDENTIFIED VIA mysql_native_password USING ${quoteText(hash)} ACCOUNT ${locked ? 'LOCK' : 'UNLOCK'}`,
  );
}

/** Every user at exactly these networks, each with the same password and rights; finishes what was interrupted. */
export async function alignAccounts(client: Client, hosts: readonly string[]): Promise<void> {
  const stopped = await isStopped(client);
  const [accounts, grants] = [await listAccounts(client), await listGrants(client)];
  for (const user of new Set(accounts.map((account) => account.user))) {
    const mine = accounts.filter((account) => account.user === user);
    const [model] = mine;
    if (model === undefined) continue;
    const databases = new Set(grants.filter((held) => held.user === user).map(({ database }) => database));
    for (const host of hosts) {
      if (mine.some((account) => account.host === host)) continue;
      await createAccount(client, { ...model, host });
      if (user === rootName) await grantRootRights(client, host);
      for (const database of databases) await grant(client, { user, host }, database, stopped);
    }
    for (const account of mine) if (!hosts.includes(account.host)) await client.query(`DROP USER ${quoteAccount(account)}`);
  }
}

/** Beside its rights in every database, root sees everybody's connections. Nothing of the server's own is in its reach. */
export async function grantRootRights(client: Client, host: string): Promise<void> {
  await client.query(`GRANT PROCESS ON *.* TO ${quoteAccount({ user: rootName, host })}`);
}

/** Ends the tenants' connections, all or those of one user, and waits until they are gone. Ours come over the socket, which has no port. */
export async function endConnections(client: Client, user: string | null = null): Promise<void> {
  const whose = user === null ? '' : `AND USER = ${quoteText(user)}`;
  for (let tries = 0; tries < 200; tries += 1) {
    const rows = await client.query<{ id: number }>(
      `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE HOST LIKE '%:%' AND USER <> 'unauthenticated user' ${whose}`,
    );
    if (rows.length === 0) return;
    for (const { id } of rows) await client.query(`KILL HARD CONNECTION ${Number(id)}`).catch(() => {});
    await client.query('DO SLEEP(0.02)');
  }
  throw new Error('Connections of tenants do not end.');
}
