import { postgresql } from '#contract/datastores/postgresql.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { User } from '#contract/resources/account.ts';
import { type Client, inTransaction } from './connections.ts';
import { adoptDatabase, endConnections, findDatabase, forEachDatabase, listDatabaseRows } from './databases.ts';
import { ownerRolePrefix, type Place, stoppedRole } from './place.ts';
import { createVerifier, matchesVerifier } from './scram.ts';
import { quoteName, quoteText } from './sql.ts';

export const rootName = 'root';

export async function listUsers(client: Client): Promise<User[]> {
  const { rows } = await client.query<User>(
    `SELECT r.rolname AS name, r.rolcanlogin AS "canLogin", r.rolname = '${rootName}' AS "isRoot",
       CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit END AS "connectionLimit",
       coalesce((SELECT json_agg(d.datname ORDER BY d.datname) FROM pg_auth_members m JOIN pg_database d ON d.datdba = m.roleid
         WHERE m.member = r.oid AND pg_get_userbyid(m.roleid) LIKE 'guestboard\\_owner\\_%'), '[]'::json) AS grants
     FROM pg_roles r WHERE r.rolname !~ '^(pg_|guestboard_)' ORDER BY r.rolname`,
  );
  return rows;
}

/** Makes the user with its rights in one transaction. Asked again with the same password it only sets the rights; another's name is `name-taken`. */
export async function createUser(client: Client, name: string, password: string, grants: readonly string[]): Promise<void> {
  refuseReserved(name);
  quoteName(name);
  const groups = await findGroups(client, grants);
  const verifier = await createVerifier(password);
  const known = await findVerifier(client, name);
  if (known !== undefined && (known === null || !(await matchesVerifier(password, known))))
    throw new GuestboardError('name-taken', 'A user of this name exists.', { field: 'name' });
  await inTransaction(client, async () => {
    if (known === undefined) await client.query(`CREATE ROLE ${quoteName(name)} LOGIN PASSWORD ${quoteText(verifier)}`);
    await writeGrants(client, name, groups);
  });
}

export async function setPassword(client: Client, name: string, password: string): Promise<void> {
  await getUser(client, name);
  await client.query(`ALTER ROLE ${quoteName(name)} PASSWORD ${quoteText(await createVerifier(password))}`);
}

/** Exactly these databases from now on; connections into others end. */
export async function setGrants(client: Client, name: string, grants: readonly string[]): Promise<void> {
  refuseRoot(name);
  await getUser(client, name);
  const groups = await findGroups(client, grants);
  const before = (await listUsers(client)).find((user) => user.name === name)?.grants ?? [];
  await inTransaction(client, () => writeGrants(client, name, groups));
  if (before.some((database) => !grants.includes(database))) await endConnections(client, name);
}

/** Everything the user owns goes to the database it lies in. Gone already is fine. */
export async function dropUser(place: Place, client: Client, name: string): Promise<void> {
  refuseReserved(name);
  if ((await findVerifier(client, name)) === undefined) return;
  await client.query(`ALTER ROLE ${quoteName(name)} NOLOGIN`);
  await endConnections(client, name);
  const databases = await listDatabaseRows(client);
  const groups = new Map<string, string>();
  for (const database of databases) groups.set(database.name, await adoptDatabase(client, database));
  await forEachDatabase(place, [...groups.keys()], async (inside, database) => {
    await inside.query(`REASSIGN OWNED BY ${quoteName(name)} TO ${quoteName(groups.get(database) ?? '')}`);
    await inside.query(`DROP OWNED BY ${quoteName(name)}`);
  });
  await client.query(`DROP OWNED BY ${quoteName(name)}`);
  await client.query(`DROP ROLE ${quoteName(name)}`);
}

/** The tenant's administrator: owns every database and may make more, sees and ends every connection; no superuser, makes no accounts. */
export async function enableRoot(client: Client, password: string): Promise<void> {
  const verifier = quoteText(await createVerifier(password));
  const { rows } = await client.query<{ stopped: boolean }>('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS stopped', [
    stoppedRole,
  ]);
  const createdb = rows[0]?.stopped ? 'NOCREATEDB' : 'CREATEDB';
  const groups: string[] = [];
  for (const database of await listDatabaseRows(client)) groups.push(await adoptDatabase(client, database));
  await inTransaction(client, async () => {
    if ((await findVerifier(client, rootName)) === undefined) await client.query(`CREATE ROLE ${rootName} NOLOGIN`);
    await client.query(`ALTER ROLE ${rootName} LOGIN ${createdb} PASSWORD ${verifier}`);
    await client.query(`GRANT pg_monitor, pg_signal_backend, pg_read_all_stats TO ${rootName}`);
    await client.query(`GRANT CONNECT ON DATABASE postgres TO ${rootName}`);
    for (const group of groups) await client.query(`GRANT ${quoteName(group)} TO ${rootName}`);
  });
}

export async function disableRoot(client: Client): Promise<void> {
  if ((await findVerifier(client, rootName)) === undefined) return;
  await client.query(`ALTER ROLE ${rootName} NOLOGIN PASSWORD NULL`);
  await endConnections(client, rootName);
}

async function writeGrants(client: Client, name: string, groups: ReadonlyMap<string, string>): Promise<void> {
  const user = quoteName(name);
  const { rows } = await client.query<{ role: string }>(
    'SELECT pg_get_userbyid(m.roleid) AS role FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = $1',
    [name],
  );
  for (const { role } of rows) {
    if (role.startsWith(ownerRolePrefix) && ![...groups.values()].includes(role))
      await client.query(`REVOKE ${quoteName(role)} FROM ${user}`);
  }
  await client.query(`ALTER ROLE ${user} RESET role`);
  for (const [database, group] of groups) {
    await client.query(`GRANT ${quoteName(group)} TO ${user}`);
    // What the user makes belongs to the database's group from the start, so that its other users may use it, too.
    await client.query(`ALTER ROLE ${user} IN DATABASE ${quoteName(database)} SET role = ${quoteText(group)}`);
  }
}

async function findGroups(client: Client, grants: readonly string[]): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (const name of grants) {
    const database = await findDatabase(client, name);
    if (database === null) throw new GuestboardError('not-found', `The database ${name} does not exist.`, { field: 'grants' });
    groups.set(name, await adoptDatabase(client, database));
  }
  return groups;
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
