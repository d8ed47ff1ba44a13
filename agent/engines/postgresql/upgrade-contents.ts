import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Client, inTransaction, withClient } from './connections.ts';
import { type Countable, countRows, smallestColumn } from './count-rows.ts';
import type { Place } from './place.ts';
import { quoteName } from './sql.ts';

/** What a new version must have; which databases can be read, and which are closed even to us. */
export type Needs = { extensions: { database: string; name: string }[]; open: string[]; closed: string[] };

export async function readNeeds(place: Place, signal: AbortSignal): Promise<Needs> {
  const databases = await withClient(place, { signal }, async (client) => {
    const { rows } = await client.query<{ name: string; open: boolean }>(
      // One whose dropping was cut off is nobody's any more.
      `SELECT datname AS name, datallowconn AS open FROM pg_database
       WHERE datname NOT IN ('template0', 'template1') AND datconnlimit <> -2 ORDER BY datname`,
    );
    return rows;
  });
  const extensions: Needs['extensions'] = [];
  const names = (isOpen: boolean) => databases.filter(({ open }) => open === isOpen).map(({ name }) => name);
  for (const database of names(true)) {
    const { rows } = await withClient(place, { database, signal }, (client) =>
      client.query<{ name: string }>('SELECT extname AS name FROM pg_extension ORDER BY extname'),
    );
    extensions.push(...rows.map(({ name }) => ({ database, name })));
  }
  return { extensions, open: names(true), closed: names(false) };
}

/**
 * Extensions, before what uses them: a dump would make them ours, while what a tenant made is a tenant's, to be altered and dropped. In another
 * schema than the usual one they are left to the dump.
 */
export async function makeExtensions(from: Place, to: Place, database: string, signal: AbortSignal): Promise<void> {
  const found = await withClient(from, { database, signal }, (client) =>
    ask<{ name: string; schema: string; owner: string }>(
      client,
      `SELECT x.extname AS name, n.nspname AS schema, pg_get_userbyid(x.extowner) AS owner
       FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
       WHERE x.oid >= 16384 AND n.nspname IN ('public', 'pg_catalog') ORDER BY x.oid`,
    ),
  );
  await withClient(to, { database, signal, statementTimeoutMs: 120_000 }, async (client) => {
    for (const { name, schema, owner } of found) {
      const make = `CREATE EXTENSION IF NOT EXISTS ${quoteName(name)}${schema === 'public' ? ' SCHEMA public' : ''}`;
      const asOwner = () =>
        inTransaction(client, async () => {
          await client.query(`SET LOCAL ROLE ${quoteName(owner)}`);
          await client.query(make);
        });
      // Whoever made it may not be allowed to any more; it is needed all the same.
      await asOwner().catch(() => client.query(make));
    }
  });
}

/** The extensions whose files lie with these programs, where it is known where that is; null elsewhere. */
export function listOffered(binFolder: string): string[] | null {
  const beside = path.join(binFolder, '../share/postgresql/extension');
  const debian = path.join('/usr/share/postgresql', path.basename(path.dirname(binFolder)), 'extension');
  const folder = [beside, debian].find((candidate) => existsSync(candidate));
  if (folder === undefined) return null;
  return readdirSync(folder).flatMap((name) => (name.endsWith('.control') ? [name.slice(0, -'.control'.length)] : []));
}

/** Everything in one database that can be compared (the right to maintain came with version 17): rows by table, where each sequence stands, objects by kind. Equal contents, equal answers. */
export async function readContents(place: Place, database: string, signal: AbortSignal): Promise<Record<string, string>> {
  return withClient(place, { database, statementTimeoutMs: 0, signal }, async (client) => {
    const found: Record<string, string> = {};
    for (const { what, value } of await ask<{ what: string; value: string }>(client, countObjects)) found[what] = value;
    for (const table of await ask<Countable>(client, listTables))
      found[`the rows of ${table.schema}.${table.name}`] = String(await countRows(client, table));
    return found;
  });
}

async function ask<T extends object>(client: Client, text: string): Promise<T[]> {
  return (await client.query<T>(text)).rows;
}

const ofTenants = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";
/** What belongs to an extension is its version's business. */
const ownObjects = (catalogue: string) =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalogue}'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const listTables = `
  SELECT n.nspname AS schema, c.relname AS name, ${smallestColumn} AS "column" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${ofTenants} AND ${ownObjects('pg_class')} ORDER BY 1, 2`;

const countObjects = `
  SELECT 'the number of relations of kind ' || c.relkind::text AS what, count(*)::text AS value FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ofTenants} AND ${ownObjects('pg_class')} GROUP BY c.relkind
  UNION ALL
  SELECT 'the number of filled views', count(*)::text FROM pg_class c WHERE c.relkind = 'm' AND c.relispopulated
  UNION ALL
  SELECT 'the owners and rights of relations', md5(string_agg(concat_ws(' ', n.nspname, c.relname, pg_get_userbyid(c.relowner),
      (SELECT string_agg(concat_ws(' ', a.privilege_type, a.is_grantable, a.grantee::regrole), ',' ORDER BY a.privilege_type, a.grantee::regrole::text)
        FROM aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))) a
        WHERE a.privilege_type <> 'MAINTAIN')), E'\\n' ORDER BY n.nspname, c.relname))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${ofTenants} AND ${ownObjects('pg_class')}
  UNION ALL
  SELECT 'the number of functions', count(*)::text FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace
    WHERE ${ofTenants} AND ${ownObjects('pg_proc')}
  UNION ALL
  SELECT 'the number of triggers', count(*)::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT 'the constraints', md5(string_agg(concat_ws(' ', c.conname, c.contype), E'\\n' ORDER BY c.conname, c.contype))
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype <> 'n' AND ${ofTenants}
  UNION ALL
  SELECT 'the extensions', string_agg(extname, ', ' ORDER BY extname) FROM pg_extension
  UNION ALL
  SELECT 'the large objects', count(*)::text FROM pg_largeobject_metadata
  UNION ALL
  SELECT 'the sequence ' || schemaname || '.' || sequencename, coalesce(last_value::text, 'unused') FROM pg_sequences`;
