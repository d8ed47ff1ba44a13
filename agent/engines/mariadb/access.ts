import { GrantLevel } from '#contract/grants.ts';
import type { Client } from './connections.ts';
import { oursPattern, stoppedRowsUser, stoppedUser } from './place.ts';
import { fromPattern, quoteAccount, quotePattern, quoteText } from './sql.ts';

/** One account of a tenant's user: there is one for every network it may come from. */
export type Account = { user: string; host: string; hash: string; locked: boolean; connectionLimit: number | null };
export type Held = { user: string; host: string; database: string; level: GrantLevel; writes: boolean; deletes: boolean };
/** What a full volume stops: nothing, what grows, or also what makes room in a table and fills the volume by its log. */
export type Stop = 'nothing' | 'growth' | 'rows';

export const rootName = 'root';

/** Tenants' accounts: ours are at localhost, roles at no host. */
export async function listAccounts(client: Client, user: string | null = null): Promise<Account[]> {
  const { table, columns } = client.dialect.accounts;
  const rows = await client.query<{ user: string; host: string; hash: string; locked: number; connectionLimit: string | number }>(
    `SELECT ${columns} FROM ${table} WHERE Host NOT IN ('localhost', '') AND User <> '' AND User NOT LIKE '${oursPattern}'
     ${user === null ? '' : `AND User = ${quoteText(user)}`} ORDER BY User, Host`,
  );
  return rows.map(({ locked, connectionLimit, ...row }) => ({
    ...row,
    locked: locked === 1,
    connectionLimit: Number(connectionLimit) > 0 ? Number(connectionLimit) : null,
  }));
}

export async function listGrants(client: Client): Promise<Held[]> {
  const rows = await client.query<Record<'user' | 'host' | 'pattern' | 'writes' | 'deletes' | 'locks' | 'drops', string>>(
    `SELECT User AS user, Host AS host, Db AS pattern, Insert_priv AS writes, Delete_priv AS deletes, Lock_tables_priv AS locks, Drop_priv AS drops FROM mysql.db
     WHERE Host NOT IN ('localhost', '') AND User <> '' ORDER BY Db`,
  );
  return rows.map(({ user, host, pattern, writes, deletes, locks, drops }) => ({
    user,
    host,
    database: fromPattern(pattern),
    // By what is granted at any time, so that it tells the level while growth is stopped, too.
    level: drops === 'Y' ? 'full' : locks === 'Y' ? 'read-write' : 'read-only',
    writes: writes === 'Y',
    deletes: deletes === 'Y',
  }));
}

export async function findStop(client: Client): Promise<Stop> {
  const marks = await client.query<{ user: string }>(
    `SELECT User AS user FROM ${client.dialect.accounts.table} WHERE User IN ('${stoppedUser}', '${stoppedRowsUser}') AND Host = 'localhost'`,
  );
  return marks.some(({ user }) => user === stoppedRowsUser) ? 'rows' : marks.length > 0 ? 'growth' : 'nothing';
}

/** Exactly this level, which never passes rights on; of it only what is not stopped. */
export async function grant(client: Client, { user, host, database, level }: Omit<Held, 'writes' | 'deletes'>, stop: Stop): Promise<void> {
  const [on, who] = [`${quotePattern(database)}.*`, quoteAccount({ user, host })];
  const known = [...rights, ...client.dialect.accounts.moreRights.map((right) => [right, 'full', 'growth'] as const)];
  const may = known.filter(([, from, by]) => ranks.indexOf(level) >= ranks.indexOf(from) && stops.indexOf(stop) < stops.indexOf(by));
  const mayNot = known.filter((right) => !may.includes(right));
  // What it may is given first: a row without any right would be gone, and with it what tells of the grant.
  const given = mayNot.length === 0 ? 'ALL PRIVILEGES' : may.map(([right]) => right).join(', ');
  await client.query(`GRANT ${given} ON ${on} TO ${who}`);
  if (mayNot.length > 0)
    await client.query(`${client.dialect.accounts.revoke} ${mayNot.map(([right]) => right).join(', ')} ON ${on} FROM ${who}`);
}

const ranks = GrantLevel.options;
const stops = ['nothing', 'growth', 'rows', 'never'] as const;
/** The rights in a database, the level that has it first, and what stops it. */
const rights: readonly (readonly [right: string, from: GrantLevel, by: (typeof stops)[number]])[] = [
  ['SELECT', 'read-only', 'never'],
  ['SHOW VIEW', 'read-only', 'never'],
  ['INSERT', 'read-write', 'growth'],
  ['UPDATE', 'read-write', 'growth'],
  ['DELETE', 'read-write', 'rows'],
  ['LOCK TABLES', 'read-write', 'never'],
  ['EXECUTE', 'read-write', 'growth'],
  ['CREATE TEMPORARY TABLES', 'read-write', 'growth'],
  ['DROP', 'full', 'never'],
  ...['CREATE', 'ALTER', 'INDEX', 'REFERENCES', 'CREATE VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE', 'EVENT', 'TRIGGER'].map(
    (right) => [right, 'full', 'growth'] as const,
  ),
];

export async function revoke(client: Client, { user, host, database }: Pick<Held, 'user' | 'host' | 'database'>): Promise<void> {
  await client.query(
    `${client.dialect.accounts.revoke} ALL PRIVILEGES ON ${quotePattern(database)}.* FROM ${quoteAccount({ user, host })}`,
  );
}

export function createAccount(client: Client, { user, host, hash, locked }: Omit<Account, 'connectionLimit'>): Promise<unknown> {
  return client.query(
    `CREATE USER IF NOT EXISTS ${quoteAccount({ user, host })} ${client.dialect.accounts.identifiedAs(quoteText(hash))} ACCOUNT ${locked ? 'LOCK' : 'UNLOCK'}`,
  );
}

/** Every user at exactly these networks, each with the same password and rights; finishes what was interrupted. */
export async function alignAccounts(client: Client, hosts: readonly string[]): Promise<void> {
  const stop = await findStop(client);
  const [accounts, grants] = [await listAccounts(client), await listGrants(client)];
  for (const user of new Set(accounts.map((account) => account.user))) {
    const mine = accounts.filter((account) => account.user === user);
    const [model] = mine;
    if (model === undefined) continue;
    const levels = new Map(grants.filter((held) => held.user === user).map(({ database, level }) => [database, level]));
    for (const host of hosts) {
      if (mine.some((account) => account.host === host)) continue;
      await createAccount(client, { ...model, host });
      if (user === rootName) await grantRootRights(client, host);
      for (const [database, level] of levels) await grant(client, { user, host, database, level }, stop);
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
    const rows = await client.query<{ id: number }>(`${client.dialect.connections.ofTenants} AND USER NOT LIKE '${oursPattern}' ${whose}`);
    if (rows.length === 0) return;
    for (const { id } of rows) await client.query(client.dialect.connections.end(Number(id))).catch(() => {});
    await client.query('DO SLEEP(0.02)');
  }
  throw new Error('Connections of tenants do not end.');
}
