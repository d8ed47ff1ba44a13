import { type Client, inTransaction, withClient } from './connections.ts';
import { endConnections, forEachDatabase } from './databases.ts';
import { refuseGrowthSql, restoreRightsSql, withdrawRightsSql } from './growth-stop-sql.ts';
import { type Place, stoppedRole } from './place.ts';
import { rootName } from './users.ts';

/**
 * Stops what makes a volume grow, for every tenant and for good. Rights decide, not a setting of the session: INSERT and UPDATE are
 * withdrawn even from owners, who cannot give them back because an event trigger of ours refuses their DDL. Reading, DELETE, TRUNCATE and DROP go on.
 */
export function createGrowthStop(place: Place): (writable: boolean) => Promise<void> {
  let covered = '';
  return async (writable) => {
    await withClient(place, { statementTimeoutMs: 120_000 }, async (client) => {
      const seen = await lookAtCluster(client);
      if (seen.recovering || (writable && !seen.stopped)) return;
      if (writable) {
        covered = '';
        await lift(place, client, seen.databases);
        return;
      }
      const key = JSON.stringify([seen.started_at, seen.databases, seen.creators]);
      if (seen.stopped && covered === key) return;
      await stop(place, client, seen.databases);
      covered = JSON.stringify([seen.started_at, seen.databases, []]);
    });
  };
}

type Cluster = { recovering: boolean; stopped: boolean; started_at: string; databases: string[]; creators: string[] };

async function lookAtCluster(client: Client): Promise<Cluster> {
  const { rows } = await client.query<Cluster>(
    `SELECT pg_is_in_recovery() AS recovering, pg_postmaster_start_time()::text AS started_at,
       EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS stopped,
       (SELECT json_agg(datname ORDER BY oid) FROM pg_database WHERE NOT datistemplate AND datallowconn) AS databases,
       coalesce((SELECT json_agg(rolname) FROM pg_roles WHERE rolcreatedb AND NOT rolsuper), '[]'::json) AS creators`,
    [stoppedRole],
  );
  const [cluster] = rows;
  if (cluster === undefined) throw new Error('The server gave no answer.');
  return cluster;
}

/** First nobody can prepare a way round, then the rights go; both times running statements are ended, since rights are checked as one begins. */
async function stop(place: Place, client: Client, databases: readonly string[]): Promise<void> {
  await client.query(`DO $$ BEGIN CREATE ROLE ${stoppedRole} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await client.query(`DO $$ BEGIN ALTER ROLE ${rootName} NOCREATEDB; EXCEPTION WHEN undefined_object THEN NULL; END $$`);
  // Large sorts write to the volume, too; only a superuser may raise this.
  await client.query("ALTER ROLE ALL SET temp_file_limit = '4MB'");
  // So does the log, and RAISE LOG is anybody's: nothing below the end of a connection is written down.
  await client.query("ALTER ROLE ALL SET log_min_messages = 'fatal'");
  await forEachDatabase(place, databases, (inside) => execute(inside, refuseGrowthSql));
  await endConnections(client);
  await forEachDatabase(place, databases, (inside) => execute(inside, withdrawRightsSql));
  await endConnections(client);
  await client.query(`ALTER ROLE ${stoppedRole} CONNECTION LIMIT 0`);
}

async function lift(place: Place, client: Client, databases: readonly string[]): Promise<void> {
  await forEachDatabase(place, databases, (inside) => execute(inside, restoreRightsSql));
  await client.query(`DO $$ BEGIN ALTER ROLE ${rootName} CREATEDB; EXCEPTION WHEN undefined_object THEN NULL; END $$`);
  for (const name of ['temp_file_limit', 'log_min_messages']) await client.query(`ALTER ROLE ALL RESET ${name}`);
  await client.query(`DROP ROLE IF EXISTS ${stoppedRole}`);
}

async function execute(client: Client, text: string): Promise<void> {
  await inTransaction(client, () => client.query(text));
}
