import { randomUUID } from 'node:crypto';
import { withClient } from './connections.ts';
import { adminRole, type Place } from './place.ts';
import { quoteName } from './sql.ts';

/**
 * While a database is filled, whoever owned something may make it again: rights on schemas come behind everything in a dump, and may have been
 * taken away since. Lent through a role of our own with a name nobody has, and all gone with it.
 */
export async function withLentRights(place: Place, database: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const lent = `guestboard_lent_${randomUUID()}`;
  const long = { database, statementTimeoutMs: 120_000, signal };
  await withClient(place, long, (client) => client.query(lendSql(database, lent)));
  await work();
  await withClient(place, long, (client) => client.query(takeBackSql(lent)));
}

/** The schema that comes with a database has its owner first: a dump gives it away as whoever it is to belong to, who could not. */
export async function givePublic(from: Place, to: Place, database: string, signal: AbortSignal): Promise<void> {
  const { rows } = await withClient(from, { database, signal }, (client) =>
    client.query<{ owner: string }>("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'public'"),
  );
  for (const { owner } of rows)
    await withClient(to, { database, signal }, (client) => client.query(`ALTER SCHEMA public OWNER TO ${quoteName(owner)}`));
}

/** The trigger runs as whoever makes a schema, who owns it and may let others in. */
function lendSql(database: string, lent: string): string {
  const role = quoteName(lent);
  return `
CREATE ROLE ${role} NOLOGIN;
GRANT CREATE ON DATABASE ${quoteName(database)} TO ${role};
CREATE SCHEMA ${role};
CREATE FUNCTION ${role}.lend() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE made record;
BEGIN
  FOR made IN SELECT object_identity AS schema FROM pg_event_trigger_ddl_commands() WHERE object_type = 'schema' LOOP
    EXECUTE 'GRANT USAGE, CREATE ON SCHEMA ' || made.schema || ' TO ${role}';
  END LOOP;
END $body$;
CREATE EVENT TRIGGER ${role} ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION ${role}.lend();
DO $body$
DECLARE item record;
BEGIN
  FOR item IN SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '${lent}') LOOP
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO ${role}', item.name);
  END LOOP;
  FOR item IN SELECT rolname AS name FROM pg_roles WHERE NOT rolsuper AND rolname !~ '^pg_' AND rolname NOT IN ('${lent}', '${adminRole}') LOOP
    EXECUTE format('GRANT ${role} TO %I', item.name);
  END LOOP;
END $body$;`;
}

function takeBackSql(lent: string): string {
  const role = quoteName(lent);
  return `
DROP EVENT TRIGGER ${role};
DROP FUNCTION ${role}.lend();
DROP SCHEMA ${role};
DROP OWNED BY ${role};
DROP ROLE ${role};`;
}
