import { GuestboardError } from '#contract/errors.ts';
import { type Grant, toGrants, toLevels } from '#contract/grants.ts';
import type { User } from '#contract/resources/account.ts';
import {
  type Account,
  createAccount,
  endConnections,
  findStop,
  grant,
  grantRootRights,
  listAccounts,
  listGrants,
  revoke,
  rootName,
} from './access.ts';
import type { Client } from './connections.ts';
import { listNames } from './databases.ts';
import { quoteAccount, quoteName, quoteText } from './sql.ts';

export async function listUsers(client: Client): Promise<User[]> {
  const [accounts, grants, existing] = [await listAccounts(client), await listGrants(client), await listNames(client)];
  return [...new Set(accounts.map(({ user }) => user))].sort().map((name) => {
    const mine = accounts.filter(({ user }) => user === name);
    const held = grants.filter(({ user, database }) => user === name && existing.includes(database));
    return {
      name,
      canLogin: mine.some(({ locked }) => !locked),
      isRoot: name === rootName,
      connectionLimit: mine[0]?.connectionLimit ?? null,
      grants: toGrants(toLevels(held.sort((one, other) => (one.database < other.database ? -1 : 1)))),
    };
  });
}

/** Asked again with the same password it only sets the rights and finishes what was interrupted; another's name is `name-taken`. */
export async function createUser(
  client: Client,
  hosts: readonly string[],
  { name, password, grants }: { name: string; password: string; grants: readonly Grant[] },
): Promise<void> {
  quoteName(name);
  const reason = client.dialect.names.refuseUser(name);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
  await assertDatabases(client, grants);
  const { hash, isHashOf } = client.dialect.accounts;
  const known = await listAccounts(client, name);
  if (known.some((account) => !isHashOf(account.hash, password)))
    throw new GuestboardError('name-taken', 'A user of this name exists.', { field: 'name' });
  const stored = known[0]?.hash ?? hash(password);
  for (const host of hosts) await createAccount(client, { user: name, host, hash: stored, locked: false });
  await writeGrants(client, name, grants);
}

export async function setPassword(client: Client, name: string, password: string): Promise<void> {
  const hash = client.dialect.accounts.hash(password);
  for (const account of await getAccounts(client, name)) await writeHash(client, account, hash);
}

/** Exactly these databases from now on; where one is lost or its level is another, the user's connections end. */
export async function setGrants(client: Client, name: string, grants: readonly Grant[]): Promise<void> {
  refuseRoot(name);
  await getAccounts(client, name);
  await assertDatabases(client, grants);
  if (await writeGrants(client, name, grants)) await endConnections(client, name);
}

/** Gone already is fine. What it made stays with its database; views and routines that run with its rights say that their maker is missing. */
export async function dropUser(client: Client, name: string): Promise<void> {
  refuseRoot(name);
  for (const account of await listAccounts(client, name)) await client.query(`DROP USER IF EXISTS ${quoteAccount(account)}`);
  await endConnections(client, name);
}

/** The tenant's administrator: everything in every database of the tenant, and a view of every connection. It makes no accounts and no databases. */
export async function enableRoot(client: Client, hosts: readonly string[], password: string): Promise<void> {
  const stop = await findStop(client);
  const databases = await listNames(client);
  const hash = client.dialect.accounts.hash(password);
  for (const host of hosts) {
    const account = { user: rootName, host };
    await createAccount(client, { ...account, hash, locked: true });
    await grantRootRights(client, host);
    for (const database of databases) await grant(client, { ...account, database, level: 'full' }, stop);
    await writeHash(client, account, hash);
    await client.query(`ALTER USER ${quoteAccount(account)} ACCOUNT UNLOCK`);
  }
}

export async function disableRoot(client: Client): Promise<void> {
  for (const account of await listAccounts(client, rootName)) await client.query(`ALTER USER ${quoteAccount(account)} ACCOUNT LOCK`);
  await endConnections(client, rootName);
}

/** Answers whether what was granted is another now: rights inside a database count from entering it. */
async function writeGrants(client: Client, name: string, grants: readonly Grant[]): Promise<boolean> {
  const levels = toLevels(grants);
  const stop = await findStop(client);
  const before = (await listGrants(client)).filter(({ user }) => user === name);
  for (const held of before.filter(({ database }) => !levels.has(database))) await revoke(client, held);
  for (const account of await listAccounts(client, name))
    for (const [database, level] of levels) await grant(client, { ...account, database, level }, stop);
  return before.some(({ database, level }) => levels.get(database) !== level);
}

/** Only the hash leaves this agent: no log of the server, and no table of it, ever holds the password. */
async function writeHash(client: Client, account: Pick<Account, 'user' | 'host'>, hash: string): Promise<void> {
  await client.query(`ALTER USER ${quoteAccount(account)} ${client.dialect.accounts.identifiedAs(quoteText(hash))}`);
}

async function getAccounts(client: Client, name: string): Promise<Account[]> {
  const accounts = await listAccounts(client, name);
  if (accounts.length === 0) throw new GuestboardError('not-found', 'The user does not exist.', { field: 'name' });
  return accounts;
}

async function assertDatabases(client: Client, grants: readonly Grant[]): Promise<void> {
  const existing = await listNames(client);
  const missing = [...toLevels(grants).keys()].find((name) => !existing.includes(name));
  if (missing !== undefined) throw new GuestboardError('not-found', `The database ${missing} does not exist.`, { field: 'grants' });
}

function refuseRoot(name: string): void {
  if (name === rootName)
    throw new GuestboardError('invalid-input', 'root is enabled and disabled by itself, not as a user.', { field: 'name' });
}
