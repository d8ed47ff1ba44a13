import { GuestboardError } from '#contract/errors.ts';
import { type Grant, type GrantLevel, toGrants, toLevels } from '#contract/grants.ts';
import type { Client } from './connections.ts';
import { adoptDatabase, type DatabaseRow, listDatabaseRows } from './databases.ts';
import { groupOf, makeGroups, toGroups } from './groups.ts';
import { quoteName, quoteText } from './sql.ts';

/** What a user is granted, with the database as it is. */
export type Granted = { database: DatabaseRow; level: GrantLevel; group: string };

/** A part of a query: the grants of the role `r` as JSON, to be read by `readGrants`. */
export const grantsOfRole = `
  coalesce((SELECT json_agg(json_build_object('database', d.datname, 'level', v.level) ORDER BY d.datname)
    FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid CROSS JOIN pg_database d
      JOIN (VALUES ('owner', 'full'), ('writer', 'read-write'), ('reader', 'read-only')) AS v (kind, level) ON true
    WHERE m.member = r.oid AND g.rolname = 'guestboard_' || v.kind || '_' || d.oid), '[]'::json)`;

export function readGrants(grants: readonly Grant[]): Grant[] {
  return toGrants(toLevels(grants));
}

/** The databases by name, each with the groups it needs. One that does not exist is `not-found`; an owner keeps full rights. */
export async function prepareGrants(client: Client, user: string, grants: readonly Grant[]): Promise<Granted[]> {
  const databases = await listDatabaseRows(client);
  const levels = toLevels(grants);
  const own = databases.find(({ name, owner }) => owner === user && levels.get(name) !== 'full');
  if (own !== undefined)
    throw new GuestboardError('conflict', `${user} owns the database ${own.name}. Give it another owner first.`, { field: 'grants' });
  const prepared: Granted[] = [];
  for (const [name, level] of levels) {
    const database = databases.find((row) => row.name === name);
    if (database === undefined) throw new GuestboardError('not-found', `The database ${name} does not exist.`, { field: 'grants' });
    await adoptDatabase(client, database);
    if (level !== 'full') await makeGroups(client, database);
    prepared.push({ database, level, group: groupOf(toGroups(database), level) });
  }
  return prepared;
}

/** Exactly these from now on, for connections that begin from now on; inside a transaction. */
export async function writeGrants(client: Client, name: string, granted: readonly Granted[]): Promise<void> {
  const user = quoteName(name);
  const held = await client.query<{ role: string }>(
    `SELECT pg_get_userbyid(m.roleid) AS role FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
     WHERE r.rolname = $1 AND pg_get_userbyid(m.roleid) ~ '^guestboard_(owner|writer|reader)_'`,
    [name],
  );
  for (const { role } of held.rows)
    if (!granted.some(({ group }) => group === role)) await client.query(`REVOKE ${quoteName(role)} FROM ${user}`);
  await client.query(`ALTER ROLE ${user} RESET role`);
  const set = await client.query<{ database: string }>(
    `SELECT d.datname AS database FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole JOIN pg_database d ON d.oid = s.setdatabase
     WHERE r.rolname = $1`,
    [name],
  );
  for (const { database } of set.rows) await client.query(`ALTER ROLE ${user} IN DATABASE ${quoteName(database)} RESET role`);
  for (const { database, level, group } of granted) {
    await client.query(`GRANT ${group} TO ${user}`);
    // What the user makes belongs to the database's group from the start, so that its other users may use it, too.
    if (level === 'full') await client.query(`ALTER ROLE ${user} IN DATABASE ${quoteName(database.name)} SET role = ${quoteText(group)}`);
  }
}

/** Whether a connection that is open could do what a later one may not, or makes what a later one would make as somebody else. */
export function changesAny(before: readonly Grant[], after: readonly Grant[]): boolean {
  const next = toLevels(after);
  return [...toLevels(before)].some(([database, level]) => next.get(database) !== level);
}
