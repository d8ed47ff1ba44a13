import { randomBytes } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { Counted, CountLimits, Prover } from '../../backup/prover.ts';
import { type Client, sqlState, withClient } from './connections.ts';
import { type Countable, countRows, smallestColumn } from './count-rows.ts';
import { listDatabaseRows } from './databases.ts';
import type { Place } from './place.ts';

type Relation = Countable & { bytes: string; mark: string | null };

/** What the server says of a statement that took longer than it may. */
const timedOut = '57014';

/**
 * Unlogged tables come back empty from any copy, and a partitioned table is its partitions. A standby counts no writes. Sizes are of the first
 * file, which is enough to tell what is large: asked for by the table, they would wait for whoever locks it.
 */
const listTables = `
  SELECT n.nspname AS schema, c.relname AS name, coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0) AS bytes,
    ${smallestColumn} AS "column",
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::text END AS mark
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY 3, 1, 2`;

/** Reads every page of heap and index by amcheck, and with it proves every page's checksum. */
export function createProver(place: Place): Prover {
  const names = (signal: AbortSignal) =>
    withClient(place, { signal }, async (client) => (await listDatabaseRows(client)).map(({ name }) => name));
  return {
    count: async (limits, signal) => {
      const begun = performance.now();
      const end = begun + limits.budgetMs;
      const each = [];
      for (const database of await names(signal)) {
        // What was counted in others is as good without this one.
        if (performance.now() - begun > limits.budgetMs + limits.listingMs) break;
        const counted = await countDatabase(place, database, { limits, end, signal });
        each.push(...counted.map((table) => ({ ...table, name: `${database}.${table.name}` })));
      }
      return { unit: 'tables', things: each.length, each };
    },
    check: async ({ progress, signal }) => {
      const databases = await names(signal);
      const sums = { tables: 0, indexes: 0 };
      let isComplete = true;
      for (const [done, database] of databases.entries()) {
        progress({ done, total: databases.length, unit: 'items', detail: database });
        await withClient(place, { database, statementTimeoutMs: 0, signal }, async (client) => {
          const checker = await findChecker(client);
          isComplete &&= checker !== null;
          sums.tables += await checkTables(client, checker);
          if (checker !== null) sums.indexes += await checkIndexes(client, checker);
        });
      }
      const checksums = await withClient(place, { signal }, (client) => client.query<{ data_checksums: string }>('SHOW data_checksums'));
      return [
        isComplete
          ? { what: 'amcheck', outcome: `${sums.tables} tables and ${sums.indexes} indexes are sound.` }
          : { what: 'Read through', outcome: `${sums.tables} tables were read; this build has no amcheck to look into indexes.` },
        {
          what: 'Page checksums',
          outcome: checksums.rows[0]?.data_checksums === 'on' ? 'Right on every page read.' : 'Off in this cluster.',
        },
      ];
    },
  };
}

type Counting = { limits: CountLimits; end: number; signal: AbortSignal };

async function countDatabase(place: Place, database: string, { limits, end, signal }: Counting): Promise<Counted[]> {
  try {
    return await withClient(place, { database, statementTimeoutMs: limits.listingMs, signal }, async (client) => {
      const { rows } = await client.query<Relation>(listTables);
      await client.query(`SET statement_timeout = ${Math.ceil(limits.eachMs)}`);
      return countTables(client, rows, limits, end);
    });
  } catch (error) {
    if (sqlState(error) !== timedOut) throw error;
    return [];
  }
}

async function countTables(client: Client, tables: readonly Relation[], { mostBytes }: CountLimits, end: number) {
  const counted = [];
  for (const table of tables) {
    const isCheap = Number(table.bytes) <= mostBytes && performance.now() < end;
    const rows = isCheap ? await countRows(client, table).catch(() => null) : null;
    counted.push({ name: `${table.schema}.${table.name}`, rows, mark: table.mark });
  }
  return counted;
}

/** The schema amcheck's functions are in; null where this build has none. */
async function findChecker(client: Client): Promise<string | null> {
  const { rows } = await client.query("SELECT FROM pg_available_extensions WHERE name = 'amcheck'");
  if (rows.length === 0) return null;
  // A name that no tenant can have taken: a function of theirs beside the real ones would be called with our rights.
  const schema = `guestboard_proof_${randomBytes(12).toString('hex')}`;
  await client.query('DROP EXTENSION IF EXISTS amcheck CASCADE');
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`CREATE EXTENSION amcheck SCHEMA ${schema}`);
  return schema;
}

/** Without a checker each table is read whole, with what of it lies elsewhere, and as little of a tenant's is run as by a count. */
async function checkTables(client: Client, checker: string | null): Promise<number> {
  const { rows } = await client.query<{ id: number; name: string }>(
    "SELECT oid::int8 AS id, oid::regclass::text AS name FROM pg_class WHERE relkind = ANY($1) AND relpersistence <> 't'",
    [checker === null ? ['r'] : ['r', 'm', 't']],
  );
  for (const { id, name } of rows) {
    const found = await sound(name, () =>
      checker === null
        ? client.query<{ msg: string }>(`COPY ${name} TO '/dev/null'`)
        : client.query<{ msg: string }>(`SELECT msg FROM ${checker}.verify_heapam(${id}::oid::regclass) LIMIT 1`),
    );
    const [fault] = found.rows;
    if (fault !== undefined) throw damaged(name, fault.msg);
  }
  return rows.length;
}

async function checkIndexes(client: Client, checker: string): Promise<number> {
  const { rows } = await client.query<{ id: number; name: string }>(
    `SELECT c.oid::int8 AS id, c.oid::regclass::text AS name FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid
     WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relpersistence <> 't' AND i.indisvalid AND i.indisready`,
  );
  for (const { id, name } of rows) await sound(name, () => client.query(`SELECT ${checker}.bt_index_check(${id}::oid::regclass)`));
  return rows.length;
}

/** Errors of class XX are corruption; whatever else the server says is no verdict on the copy. */
async function sound<T>(name: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('XX') && code !== '58030') throw error;
    throw damaged(name, error instanceof Error ? error.message : String(error));
  }
}

function damaged(name: string, detail: string): GuestboardError {
  return new GuestboardError('backup-damaged', `The restored ${name} is damaged.`, { detail });
}
