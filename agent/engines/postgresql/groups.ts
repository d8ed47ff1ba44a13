import type { GrantLevel } from '#contract/grants.ts';
import { type Client, inTransaction, withClient } from './connections.ts';
import { withdrawRightsSql } from './growth-stop-sql.ts';
import { type Place, stoppedRole } from './place.ts';
import { shareRightsSql } from './share-rights-sql.ts';
import { quoteName } from './sql.ts';

/** A database by its number, which outlives its name. */
type Numbered = { oid: number; name: string };

/** The roles nobody signs in as that stand for what may be done in one database; users are members of one of them. */
export type Groups = { owner: string; writer: string; reader: string };

export const groupPrefix = { owner: 'guestboard_owner_', writer: 'guestboard_writer_', reader: 'guestboard_reader_' } as const;

export function toGroups({ oid }: Pick<Numbered, 'oid'>): Groups {
  return { owner: `${groupPrefix.owner}${oid}`, writer: `${groupPrefix.writer}${oid}`, reader: `${groupPrefix.reader}${oid}` };
}

export function groupOf(groups: Groups, level: GrantLevel): string {
  return { 'read-only': groups.reader, 'read-write': groups.writer, full: groups.owner }[level];
}

/** Makes the groups of those who read and write where a database has none yet. They may do nothing before `shareRights`. */
export async function makeGroups(client: Client, database: Numbered): Promise<void> {
  const { writer, reader } = toGroups(database);
  if (await exists(client, reader)) return;
  const on = `ON DATABASE ${quoteName(database.name)}`;
  await inTransaction(client, async () => {
    for (const role of [reader, writer]) await client.query(`CREATE ROLE ${role} NOLOGIN`);
    await client.query(`GRANT ${reader} TO ${writer}`);
    await client.query(`GRANT CONNECT ${on} TO ${reader}`);
    await client.query(`GRANT TEMPORARY ${on} TO ${writer}`);
  });
}

/** Where a database has readers and writers: they get what they may on all that is there, and on what anybody may make from now on. */
export async function shareRights(place: Place, client: Client, database: Numbered): Promise<void> {
  const groups = toGroups(database);
  if (!(await exists(client, groups.reader))) return;
  const stopped = await exists(client, stoppedRole);
  await withClient(place, { database: database.name, statementTimeoutMs: 120_000 }, (inside) =>
    inTransaction(inside, async () => {
      await inside.query(shareRightsSql(groups));
      // While growth is stopped, what was just given is taken back before anybody sees it, and written down for later.
      if (stopped) await inside.query(withdrawRightsSql);
    }),
  );
}

async function exists(client: Client, role: string): Promise<boolean> {
  return (await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])).rows.length > 0;
}
