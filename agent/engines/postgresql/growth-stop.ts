import type { EngineHost } from '../../engine.ts';
import { type Client, inTransaction, withClient } from './connections.ts';
import { endConnections, forEachDatabase, invalid, systemTemplates } from './databases.ts';
import { closeLoginsSql, isTenant, refuseGrowthSql, restoreRightsSql, withdrawRightsSql } from './growth-stop-sql.ts';
import { closedMark, type Place, stoppedRole } from './place.ts';
import { quoteName, quoteText } from './sql.ts';
import { rootName } from './users.ts';

export const closedSentence =
  'The volume went on growing after writes were stopped, so users cannot sign in to the databases any more. Drop a database here, or enlarge the volume.';

/** What the catalogues of the whole server, or all databases, may grow by while stopped; our own work on accounts takes a few kB. */
const tolerableBytes = 4 * 1024 ** 2;

/**
 * Stops what makes a volume grow, for every tenant and for good. Rights decide, not a setting of the session: INSERT and UPDATE are
 * withdrawn even from owners, who cannot give them back because an event trigger of ours refuses their DDL. Reading, DELETE, TRUNCATE and DROP go on.
 * What no right reaches (COMMENT ON DATABASE, ALTER ROLE … SET, NOTIFY) is watched at each call, what an owner may build anew (REINDEX,
 * VACUUM FULL) once the volume is overfull: when it grows, tenants' logins close.
 */
export function createGrowthStop(
  place: Place,
  host: Pick<EngineHost, 'event'>,
): (writable: boolean, isOverfull?: boolean) => Promise<void> {
  let covered = '';
  /** The least that the databases held as writes were stopped. */
  let heldBytes = Number.POSITIVE_INFINITY;
  return async (writable, isOverfull = false) => {
    await withClient(place, { statementTimeoutMs: 120_000 }, async (client) => {
      const seen = await lookAtCluster(client);
      if (seen.recovering || (writable && !seen.stopped)) return;
      if (writable) {
        covered = '';
        heldBytes = Number.POSITIVE_INFINITY;
        await lift(place, client, seen);
        return;
      }
      const key = JSON.stringify([seen.started_at, seen.databases, seen.creators]);
      if (!seen.stopped || covered !== key) {
        await stop(place, client, seen);
        covered = JSON.stringify([seen.started_at, seen.databases, []]);
        heldBytes = Math.min(heldBytes, await measureDatabases(client));
      }
      // Log that deleting makes fills it, too: that is no reason.
      const isGrown = isOverfull && (await measureDatabases(client)) > heldBytes + tolerableBytes;
      await closeGrowing(client, seen, isGrown, host);
    });
  };
}

type Cluster = {
  recovering: boolean;
  stopped: boolean;
  started_at: string;
  databases: string[];
  /** Those of them that their owners have closed to connections, and may open again. */
  shut: string[];
  creators: string[];
  /** What all databases share and tenants can write into: neither tables nor WAL, so that making room is no growth. */
  shared_bytes: string;
  /** The least of it since the stop, or `closedMark`. */
  mark: string | null;
  /** Tenants who may sign in. */
  open: string[];
};

const isCovered = `datname NOT IN ${systemTemplates} AND NOT ${invalid}`;
async function lookAtCluster(client: Client): Promise<Cluster> {
  const { rows } = await client.query<Cluster>(
    `SELECT pg_is_in_recovery() AS recovering, pg_postmaster_start_time()::text AS started_at,
       EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS stopped,
       (SELECT json_agg(datname ORDER BY oid) FROM pg_database WHERE ${isCovered}) AS databases,
       coalesce((SELECT json_agg(datname) FROM pg_database WHERE ${isCovered} AND NOT datallowconn), '[]'::json) AS shut,
       coalesce((SELECT json_agg(rolname) FROM pg_roles WHERE rolcreatedb AND NOT rolsuper), '[]'::json) AS creators,
       (pg_tablespace_size('pg_global')
         + coalesce((SELECT sum((pg_stat_file('pg_notify/' || name, true)).size) FROM pg_ls_dir('pg_notify') AS name), 0))::text AS shared_bytes,
       (SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1) AS mark,
       coalesce((SELECT json_agg(rolname) FROM pg_roles WHERE ${isTenant} AND rolcanlogin AND rolconnlimit <> 0), '[]'::json) AS open`,
    [stoppedRole],
  );
  const [cluster] = rows;
  if (cluster === undefined) throw new Error('The server gave no answer.');
  return cluster;
}

/**
 * While rights are withdrawn nobody may sign in: whoever came back at once would hold what is to change, for as long as that waits. Cut off
 * in the middle it stays so, until the next call is through.
 */
async function stop(place: Place, client: Client, { databases, shut, mark }: Cluster): Promise<void> {
  await client.query(`DO $$ BEGIN CREATE ROLE ${stoppedRole} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await client.query(closeLoginsSql);
  await endConnections(client);
  await client.query(`DO $$ BEGIN ALTER ROLE ${rootName} NOCREATEDB; EXCEPTION WHEN undefined_object THEN NULL; END $$`);
  // Large sorts write to the volume, too; only a superuser may raise this.
  await client.query("ALTER ROLE ALL SET temp_file_limit = '4MB'");
  // So does the log, and RAISE LOG is anybody's: nothing below the end of a connection is written down.
  await client.query("ALTER ROLE ALL SET log_min_messages = 'fatal'");
  await withOpen(client, shut, async () => {
    // First nobody can prepare a way round, then the rights go. One that was signing in as the logins closed is ended after each.
    for (const text of [refuseGrowthSql, withdrawRightsSql]) {
      await forEachDatabase(place, databases, (inside) => execute(inside, text));
      await endConnections(client);
    }
  });
  await client.query(`ALTER ROLE ${stoppedRole} CONNECTION LIMIT 0`);
  if (mark !== closedMark) await openLogins(client);
}

/** Nobody but a superuser gets in meanwhile: no tenant may sign in, or all of them may in any database. */
async function withOpen(client: Client, shut: readonly string[], work: () => Promise<void>): Promise<void> {
  const allow = async (isAllowed: boolean) => {
    for (const name of shut) await client.query(`ALTER DATABASE ${quoteName(name)} ALLOW_CONNECTIONS ${isAllowed}`);
  };
  try {
    await allow(true);
    await work();
  } finally {
    await allow(false);
  }
}

/** Tenants whose logins are closed are those that are stopped: they cannot be given a limit otherwise. */
async function openLogins(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`SELECT rolname AS name FROM pg_roles WHERE ${isTenant} AND rolconnlimit = 0`);
  for (const { name } of rows) await client.query(`ALTER ROLE ${quoteName(name)} CONNECTION LIMIT -1`);
}

/** Files of what is not committed yet count, too. */
async function measureDatabases(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT sum(pg_database_size(oid))::text AS bytes FROM pg_database WHERE ${isCovered}`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Closes what is open once the shared part or the databases have grown; a limit of connections is what no tenant can raise. */
async function closeGrowing(
  client: Client,
  { shared_bytes, mark, open }: Cluster,
  isGrown: boolean,
  host: Pick<EngineHost, 'event'>,
): Promise<void> {
  const bytes = Number(shared_bytes);
  if (mark !== closedMark) {
    const least = mark === null ? bytes : Number(mark);
    if (mark === null || bytes < least - tolerableBytes) await writeMark(client, String(bytes));
    if (bytes <= least + tolerableBytes && !isGrown) return;
    await writeMark(client, closedMark);
    host.event({ code: 'volume-logins-closed', tone: 'broken', sentence: closedSentence });
  }
  if (open.length === 0) return;
  await client.query(closeLoginsSql);
  await endConnections(client);
}

async function writeMark(client: Client, mark: string): Promise<void> {
  await client.query(`COMMENT ON ROLE ${stoppedRole} IS ${quoteText(mark)}`);
}

async function lift(place: Place, client: Client, { databases, shut }: Cluster): Promise<void> {
  await withOpen(client, shut, () => forEachDatabase(place, databases, (inside) => execute(inside, restoreRightsSql)));
  await client.query(`DO $$ BEGIN ALTER ROLE ${rootName} CREATEDB; EXCEPTION WHEN undefined_object THEN NULL; END $$`);
  for (const name of ['temp_file_limit', 'log_min_messages']) await client.query(`ALTER ROLE ALL RESET ${name}`);
  await openLogins(client);
  await client.query(`DROP ROLE IF EXISTS ${stoppedRole}`);
}

async function execute(client: Client, text: string): Promise<void> {
  await inTransaction(client, () => client.query(text));
}
