import { GuestboardError } from '#contract/errors.ts';
import { withClient } from './connections.ts';
import type { Place } from './place.ts';

/**
 * Refuses a database in which code of a tenant is run by making its tables and filling them. A dump is read in by a superuser who takes an
 * owner's place, and whatever runs in that place can leave it: a check that resets the session's authorisation is a superuser's program.
 * Functions as such are only written down; indexes count because planning works out what stands in them.
 */
export async function assertNoOwnCode(place: Place, databases: readonly string[], signal: AbortSignal): Promise<void> {
  for (const database of databases) {
    const [found] = await withClient(
      place,
      { database, signal },
      async (client) => (await client.query<{ what: string }>(findOwnCode)).rows,
    );
    if (found !== undefined)
      throw new GuestboardError(
        'refused',
        `In the database ${database}, ${found.what} calls code that would run with the rights of the upgrade. Drop it before, and make it again afterwards.`,
      );
  }
}

/** An extension's are a superuser's; by its mere membership nothing is, since who owns an extension may add to it. */
const isTenants = (owner: string) => `NOT (SELECT rolsuper FROM pg_roles WHERE oid = ${owner})`;

/** The server's own functions do no harm but those that change the session or run a text. */
const findOwnCode = `
  WITH own AS (
    SELECT 'pg_proc'::regclass::oid AS class, o.oid FROM pg_proc o WHERE o.oid >= 16384 AND ${isTenants('o.proowner')}
    UNION ALL
    SELECT 'pg_operator'::regclass::oid, o.oid FROM pg_operator o WHERE o.oid >= 16384 AND ${isTenants('o.oprowner')}
  ), held AS (
    SELECT 'pg_constraint'::regclass::oid AS class, c.oid, c.conbin::text AS tree,
      'the check ' || c.conname || ' of ' || coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text) AS what
      FROM pg_constraint c WHERE c.contype = 'c'
    UNION ALL
    SELECT 'pg_attrdef'::regclass::oid, d.oid, d.adbin::text, 'the generated column ' || a.attname || ' of ' || a.attrelid::regclass::text
      FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
    UNION ALL
    SELECT 'pg_class'::regclass::oid, i.indexrelid, concat(i.indexprs::text, i.indpred::text), 'the index ' || i.indexrelid::regclass::text
      FROM pg_index i WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
    UNION ALL
    SELECT 'pg_class'::regclass::oid, p.partrelid, p.partexprs::text, 'the partition key of ' || p.partrelid::regclass::text
      FROM pg_partitioned_table p WHERE p.partexprs IS NOT NULL
    UNION ALL
    SELECT 'pg_cast'::regclass::oid, o.oid, '', 'the cast from ' || o.castsource::regtype::text || ' to ' || o.casttarget::regtype::text
      FROM pg_cast o WHERE o.oid >= 16384
  )
  SELECT what FROM held
  WHERE EXISTS (SELECT FROM pg_depend d JOIN own ON own.class = d.refclassid AND own.oid = d.refobjid WHERE d.classid = held.class AND d.objid = held.oid)
    OR tree ~ (SELECT ':funcid (' || string_agg(oid::text, '|') || ')\\M' FROM pg_proc
      WHERE oid < 16384 AND (proname IN ('set_config', 'ts_rewrite', 'ts_stat') OR proname ~ '_to_xml'))
  ORDER BY what LIMIT 1`;
