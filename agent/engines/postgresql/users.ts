import { postgresql } from '#contract/datastores/postgresql.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Grant } from '#contract/grants.ts';
import type { User } from '#contract/resources/account.ts';
import { type Client, inTransaction } from './connections.ts';
import { adoptDatabase, endConnections, forEachDatabase, giveDatabase, listDatabaseRows } from './databases.ts';
import { changesAny, grantsOfRole, prepareGrants, readGrants, writeGrants } from './grants.ts';
import { shareRights } from './groups.ts';
import { type Place, stoppedRole } from './place.ts';
import { createVerifier, matchesVerifier } from './scram.ts';
import { quoteName, quoteText } from './sql.ts';

export const rootName = 'root';

export async function listUsers(client: Client): Promise<User[]> {
  const { rows } = await client.query<User>(
    `SELECT r.rolname AS name, r.rolcanlogin AS "canLogin", r.rolname = '${rootName}' AS "isRoot",
       CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit END AS "connectionLimit",
       ${grantsOfRole} AS grants
     FROM pg_roles r WHERE r.rolname !~ '^(pg_|guestboard_)' ORDER BY r.rolname`,
  );
  return rows.map((row) => ({ ...row, grants: readGrants(row.grants) }));
}

/** Makes the user with its rights in one transaction. Asked again with the same password it only sets the rights; another's name is `name-taken`. */
export async function createUser(
  place: Place,
  client: Client,
  { name, password, grants }: { name: string; password: string; grants: readonly Grant[] },
): Promise<void> {
  refuseReserved(name);
  quoteName(name);
  const granted = await prepareGrants(client, name, grants);
  const verifier = await createVerifier(password);
  const known = await findVerifier(client, name);
  if (known !== undefined && (known === null || !(await matchesVerifier(password, known))))
    throw new GuestboardError('name-taken', 'A user of this name exists.', { field: 'name' });
  await inTransaction(client, async () => {
    if (known === undefined) await client.query(`CREATE ROLE ${quoteName(name)} LOGIN PASSWORD ${quoteText(verifier)}`);
    await writeGrants(client, name, granted);
  });
  for (const { database } of granted) await shareRights(place, client, database);
}

export async function setPassword(client: Client, name: string, password: string): Promise<void> {
  await getUser(client, name);
  await client.query(`ALTER ROLE ${quoteName(name)} PASSWORD ${quoteText(await createVerifier(password))}`);
}

/** Exactly these databases from now on; where one is lost or its level is another, the user's connections end. */
export async function setGrants(place: Place, client: Client, name: string, grants: readonly Grant[]): Promise<void> {
  refuseRoot(name);
  await getUser(client, name);
  const granted = await prepareGrants(client, name, grants);
  const before = (await listUsers(client)).find((user) => user.name === name)?.grants ?? [];
  await inTransaction(client, () => writeGrants(client, name, granted));
  if (changesAny(before, grants)) await endConnections(client, name);
  for (const { database } of granted) await shareRights(place, client, database);
}

/** Everything the user owns goes to those with full rights in the database it lies in, and so does a database. Gone already is fine. */
export async function dropUser(place: Place, client: Client, name: string): Promise<void> {
  refuseReserved(name);
  if ((await findVerifier(client, name)) === undefined) return;
  await client.query(`ALTER ROLE ${quoteName(name)} NOLOGIN`);
  await endConnections(client, name);
  const databases = await listDatabaseRows(client);
  const groups = new Map<string, string>();
  for (const database of databases) {
    const group = await adoptDatabase(client, database);
    groups.set(database.name, group);
    if (database.owner === name) await giveDatabase(client, database, group);
  }
  await forEachDatabase(place, [...groups.keys()], async (inside, database) => {
    await inside.query(`REASSIGN OWNED BY ${quoteName(name)} TO ${quoteName(groups.get(database) ?? '')}`);
    await inside.query(`DROP OWNED BY ${quoteName(name)}`);
  });
  await client.query(`DROP OWNED BY ${quoteName(name)}`);
  await client.query(`DROP ROLE ${quoteName(name)}`);
}

/** The tenant's administrator: owns every database and may make more, sees and ends every connection; no superuser, makes no accounts. */
export async function enableRoot(place: Place, client: Client, password: string): Promise<void> {
  const verifier = quoteText(await createVerifier(password));
  const { rows } = await client.query<{ stopped: boolean }>('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS stopped', [
    stoppedRole,
  ]);
  const createdb = rows[0]?.stopped ? 'NOCREATEDB' : 'CREATEDB';
  const groups: string[] = [];
  const databases = await listDatabaseRows(client);
  for (const database of databases) groups.push(await adoptDatabase(client, database));
  await inTransaction(client, async () => {
    if ((await findVerifier(client, rootName)) === undefined) await client.query(`CREATE ROLE ${rootName} NOLOGIN`);
    await client.query(`ALTER ROLE ${rootName} LOGIN ${createdb} PASSWORD ${verifier}`);
    await client.query(`GRANT pg_monitor, pg_signal_backend, pg_read_all_stats TO ${rootName}`);
    await client.query(`GRANT CONNECT ON DATABASE postgres TO ${rootName}`);
    for (const group of groups) await client.query(`GRANT ${quoteName(group)} TO ${rootName}`);
  });
  for (const database of databases) await shareRights(place, client, database);
}

export async function disableRoot(client: Client): Promise<void> {
  if ((await findVerifier(client, rootName)) === undefined) return;
  await client.query(`ALTER ROLE ${rootName} NOLOGIN PASSWORD NULL`);
  await endConnections(client, rootName);
}

async function getUser(client: Client, name: string): Promise<void> {
  if (/^(pg_|guestboard)/i.test(name) || (await findVerifier(client, name)) === undefined)
    throw new GuestboardError('not-found', 'The user does not exist.', { field: 'name' });
}

/** Undefined without such a role, null without a password. */
async function findVerifier(client: Client, name: string): Promise<string | null | undefined> {
  const { rows } = await client.query<{ rolpassword: string | null }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [name]);
  return rows[0]?.rolpassword ?? (rows[0] === undefined ? undefined : null);
}

function refuseReserved(name: string): void {
  refuseRoot(name);
  const reason = postgresql.names.refuseUser(name);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
}

function refuseRoot(name: string): void {
  if (name === rootName)
    throw new GuestboardError('invalid-input', 'root is enabled and disabled by itself, not as a user.', { field: 'name' });
}
