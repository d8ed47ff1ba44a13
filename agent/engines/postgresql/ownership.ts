import { GuestboardError } from '#contract/errors.ts';
import { toGrants, toLevels } from '#contract/grants.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { type Client, inTransaction, withClient } from './connections.ts';
import { adoptDatabase, giveDatabase, listDatabaseRows } from './databases.ts';
import type { Place } from './place.ts';
import { listUsers, setGrants } from './users.ts';

export function createOwnership(place: Place): Answers<'ownership'> {
  return {
    setOwner: async ({ database, owner }, { signal }) => {
      await withClient(place, { signal, statementTimeoutMs: 120_000 }, (client) => setOwner(place, client, database, owner));
      return {};
    },
  };
}

/** The owner gets full rights; whoever owned it before keeps what was granted. Null leaves it to all with full rights together, as at first. */
async function setOwner(place: Place, client: Client, name: string, owner: string | null): Promise<void> {
  const database = (await listDatabaseRows(client)).find((row) => row.name === name);
  if (database === undefined) throw new GuestboardError('not-found', `The database ${name} does not exist.`, { field: 'database' });
  const group = await adoptDatabase(client, database);
  if (owner === null) return giveDatabase(client, database, group);
  const user = (await listUsers(client)).find((candidate) => candidate.name === owner && !candidate.isRoot);
  if (user === undefined) throw new GuestboardError('not-found', `The user ${owner} does not exist.`, { field: 'owner' });
  const levels = toLevels(user.grants);
  if (levels.get(name) !== 'full') await setGrants(place, client, owner, toGrants(levels.set(name, 'full')));
  // The schema that comes with a database is its owner's, whoever that is: it stays with those who share it.
  await withClient(place, { database: name }, (inside) => inTransaction(inside, () => inside.query(keepPublicSql(group))));
  await giveDatabase(client, database, owner);
}

function keepPublicSql(group: string): string {
  return `
SET LOCAL search_path = pg_catalog;
DO $body$ BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = 'pg_database_owner'::regrole) THEN
    ALTER SCHEMA public OWNER TO ${group};
  END IF;
END $body$;`;
}
