import { postgresql } from '#contract/datastores/postgresql.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Database } from '#contract/resources/account.ts';
import { type Client, inTransaction, sqlState, withClient } from './connections.ts';
import { groupPrefix, toGroups } from './groups.ts';
import { type Place, stoppedRole } from './place.ts';
import { quoteName, quoteText } from './sql.ts';

export type DatabaseRow = { oid: number; name: string; owner: string };

/** The server's own. Whether a database is a template says nothing: its owner may call it one, and go on writing into it. */
export const systemTemplates = "('template0', 'template1')";

/** In a query over pg_database: its drop was begun and cut off. It takes no connection and no change any more, only to be dropped. */
export const invalid = 'datconnlimit = -2';

/** Databases a tenant may see and use, by name. */
export async function listDatabaseRows(client: Client): Promise<DatabaseRow[]> {
  const { rows } = await client.query<DatabaseRow>(
    `SELECT oid::int8::int AS oid, datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database
     WHERE datname NOT IN ${systemTemplates} AND datallowconn AND NOT ${invalid} AND datname <> 'postgres' ORDER BY datname`,
  );
  return rows;
}

export async function listDatabases(client: Client): Promise<Database[]> {
  const { rows } = await client.query<Database & { sizeBytes: string }>(
    `SELECT datname AS name, CASE WHEN starts_with(pg_get_userbyid(datdba), '${groupPrefix.owner}') THEN '' ELSE pg_get_userbyid(datdba) END AS owner,
       pg_encoding_to_char(encoding) AS encoding,
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', datcollate) AS collation, pg_database_size(oid) AS "sizeBytes"
     FROM pg_database d WHERE datname NOT IN ${systemTemplates} AND datname <> 'postgres' ORDER BY datname`,
  );
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
}

/** Makes the database and closes it to everybody but its own users. A half-made one is finished; a finished one is `name-taken`. */
export async function createDatabase(client: Client, name: string): Promise<void> {
  assertDatabaseName(name);
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [stoppedRole]);
  if (rows.length > 0)
    throw new GuestboardError('volume-full', 'The volume is full. Drop data or enlarge the volume before making a database.');
  if ((await findHalfDropped(client, name)) !== null)
    throw new GuestboardError('name-taken', 'A database of this name was dropped only in part. Drop it again, then make it.', {
      field: 'name',
    });
  const known = await findDatabase(client, name);
  if (known !== null && (await isAdopted(client, known)))
    throw new GuestboardError('name-taken', 'A database of this name exists.', { field: 'name' });
  if (known === null) {
    try {
      await client.query(`CREATE DATABASE ${quoteName(name)} TEMPLATE template0`);
    } catch (error) {
      if (sqlState(error) !== '42P04') throw error;
    }
  }
  const made = await findDatabase(client, name);
  if (made === null) throw new GuestboardError('engine-error', 'The database was not made.');
  await adoptDatabase(client, made);
}

/**
 * Gives the database to a group of its own that nobody can log in as. Users get everything in it through membership, so what one makes
 * another may use. One that was given to a user since stays the user's, and the group keeps its rights in it.
 */
export async function adoptDatabase(client: Client, database: DatabaseRow): Promise<string> {
  const { name, owner } = database;
  const { owner: group } = toGroups(database);
  if (owner === group) return group;
  if (await isAdopted(client, database)) {
    await client.query(`GRANT ALL ON DATABASE ${quoteName(name)} TO ${group}`);
    return group;
  }
  await inTransaction(client, async () => {
    await client.query(`CREATE ROLE ${group} NOLOGIN`);
    await client.query(`REVOKE ALL ON DATABASE ${quoteName(name)} FROM PUBLIC`);
    await client.query(`ALTER DATABASE ${quoteName(name)} OWNER TO ${group}`);
    const root = await client.query("SELECT FROM pg_roles WHERE rolname = 'root'");
    if (root.rows.length > 0) await client.query(`GRANT ${group} TO root`);
  });
  return group;
}

/** A user's or the group's from now on; the group may go on using it. */
export async function giveDatabase(client: Client, database: DatabaseRow, owner: string): Promise<void> {
  const on = `DATABASE ${quoteName(database.name)}`;
  await inTransaction(client, async () => {
    await client.query(`ALTER ${on} OWNER TO ${quoteName(owner)}`);
    await client.query(`GRANT ALL ON ${on} TO ${toGroups(database).owner}`);
  });
}

/** The group is made together with everything that belongs to it. */
async function isAdopted(client: Client, database: DatabaseRow): Promise<boolean> {
  return (await client.query('SELECT FROM pg_roles WHERE rolname = $1', [toGroups(database).owner])).rows.length > 0;
}

function assertDatabaseName(name: string): void {
  // Refuses what no name can be, before anything asks the server for it.
  quoteName(name);
  const reason = postgresql.names.refuseDatabase(name);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
}

export async function dropDatabase(client: Client, name: string): Promise<void> {
  assertDatabaseName(name);
  const halfDropped = await findHalfDropped(client, name);
  const known = halfDropped ?? (await findDatabase(client, name));
  if (known === null) return;
  if (halfDropped === null) await client.query(`ALTER DATABASE ${quoteName(name)} IS_TEMPLATE false`);
  await dropWithGroups(client, known);
}

export async function dropWithGroups(client: Client, database: DatabaseRow): Promise<void> {
  await client.query(`DROP DATABASE ${quoteName(database.name)} WITH (FORCE)`);
  // A right in another database keeps an empty group alive; it harms nobody.
  for (const group of Object.values(toGroups(database))) await client.query(`DROP ROLE IF EXISTS ${group}`).catch(() => {});
}

/** One whose drop was cut off. */
async function findHalfDropped(client: Client, name: string): Promise<DatabaseRow | null> {
  const { rows } = await client.query<DatabaseRow>(
    `SELECT oid::int8::int AS oid, datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE ${invalid} AND datname = $1`,
    [name],
  );
  return rows[0] ?? null;
}

export async function findDatabase(client: Client, name: string): Promise<DatabaseRow | null> {
  return (await listDatabaseRows(client)).find((row) => row.name === name) ?? null;
}

/** Ends the tenants' connections, to all databases or those of one account, and waits until they are gone. */
export async function endConnections(client: Client, user: string | null = null): Promise<void> {
  const whose = user === null ? "usename NOT LIKE 'guestboard\\_%'" : `usename = ${quoteText(user)}`;
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND ${whose} AND pid <> pg_backend_pid()`,
    );
    if (rows.length === 0) return;
    await client.query('SELECT pg_sleep(0.02)');
  }
  throw new GuestboardError('engine-error', 'Connections of tenants do not end.');
}

/** Runs `work` once per database a tenant can reach, each on a connection into it. */
export async function forEachDatabase(
  place: Place,
  names: readonly string[],
  work: (client: Client, database: string) => Promise<void>,
): Promise<void> {
  for (const database of names) await withClient(place, { database, statementTimeoutMs: 120_000 }, (client) => work(client, database));
}
