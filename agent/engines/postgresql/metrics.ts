import { withClient } from './connections.ts';
import { pruneLogs } from './logs.ts';
import { archiveSlot, closedMark, type Place, stoppedRole } from './place.ts';

/** One row of everything a beat needs, in one round trip of about a millisecond. Big numbers come as text. */
export type Look = {
  recovering: boolean;
  stopped: boolean;
  /** The tenants' logins are closed, since the volume grew although it was stopped. */
  closed: boolean;
  /** Null while no configuration was read since the load time given. */
  restart_required: boolean | null;
  configuration_read_at: string;
  version: string;
  started_at: Date;
  receives: boolean;
  streaming: boolean;
  lag_bytes: string | null;
  lag_ms: string | null;
  slots: number;
  connections: number;
  active: number;
  /** Of the tenant's databases; what the monitor itself does is not in it. Null without any. */
  transactions: string | null;
  blocks_hit: string | null;
  blocks_read: string | null;
};

/** `$1`: when the configuration was read that the last answer knew; listing all settings is most of what a look costs. */
export const lookQuery = `
SELECT pg_is_in_recovery() AS recovering,
  EXISTS (SELECT FROM pg_roles WHERE rolname = '${stoppedRole}' AND rolconnlimit = 0) AS stopped,
  EXISTS (SELECT FROM pg_roles WHERE rolname = '${stoppedRole}' AND shobj_description(oid, 'pg_authid') = '${closedMark}') AS closed,
  CASE WHEN pg_conf_load_time()::text = $1 THEN NULL ELSE EXISTS (SELECT FROM pg_settings WHERE pending_restart) END AS restart_required,
  pg_conf_load_time()::text AS configuration_read_at,
  split_part(current_setting('server_version'), ' ', 1) AS version,
  pg_postmaster_start_time() AS started_at,
  pg_is_in_recovery() AND current_setting('primary_conninfo') <> '' AS receives,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming,
  CASE WHEN pg_is_in_recovery() THEN (SELECT greatest(0, pg_wal_lsn_diff(greatest(latest_end_lsn, flushed_lsn), pg_last_wal_replay_lsn()))
    FROM pg_stat_wal_receiver) END AS lag_bytes,
  CASE WHEN pg_is_in_recovery() THEN CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
    ELSE round(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000) END END AS lag_ms,
  (SELECT count(*)::int FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary
    AND slot_name <> '${archiveSlot}') AS slots,
  a.connections, a.active, d.transactions, d.blocks_hit, d.blocks_read
FROM (SELECT count(*)::int AS connections, count(*) FILTER (WHERE state = 'active')::int AS active FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND usename NOT LIKE 'guestboard\\_%') a,
  (SELECT sum(xact_commit + xact_rollback) AS transactions, sum(blks_hit) AS blocks_hit, sum(blks_read) AS blocks_read
    FROM pg_stat_database WHERE datname NOT IN ('postgres', 'template0', 'template1')) d`;

const sizeIntervalMs = 30_000;

/** Turns counters into rates. Sizes are asked beside the beat and seldom: they walk every file. */
export function createMeter(place: Place) {
  let previous: { atMs: number; transactions: number; hit: number; read: number } | null = null;
  let cacheHitRatio = 1;
  let databaseBytes: number | null = null;
  let sizeAskedAtMs = Number.NEGATIVE_INFINITY;

  return {
    measure: (look: Look, nowMs: number): Record<string, number> => {
      const now = { atMs: nowMs, transactions: Number(look.transactions), hit: Number(look.blocks_hit), read: Number(look.blocks_read) };
      const seconds = previous === null ? 0 : (now.atMs - previous.atMs) / 1000;
      const transactionsPerSecond = previous === null || seconds <= 0 ? 0 : Math.max(0, now.transactions - previous.transactions) / seconds;
      const hit = previous === null ? now.hit : now.hit - previous.hit;
      const read = previous === null ? now.read : now.read - previous.read;
      if (hit >= 0 && read >= 0 && hit + read > 0) cacheHitRatio = hit / (hit + read);
      previous = now;
      if (nowMs - sizeAskedAtMs >= sizeIntervalMs) {
        sizeAskedAtMs = nowMs;
        pruneLogs(place);
        void measureSize(place).then((bytes) => {
          databaseBytes = bytes ?? databaseBytes;
        });
      }
      return {
        transactionsPerSecond,
        connections: look.connections,
        activeConnections: look.active,
        cacheHitRatio,
        ...(databaseBytes === null ? {} : { databaseBytes }),
      };
    },
    reset: () => {
      previous = null;
      sizeAskedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

async function measureSize(place: Place): Promise<number | null> {
  try {
    return await withClient(place, { statementTimeoutMs: 10_000 }, async (client) => {
      const { rows } = await client.query<{ bytes: string }>(
        "SELECT sum(pg_database_size(oid)) AS bytes FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
      );
      return Number(rows[0]?.bytes ?? 0);
    });
  } catch {
    return null;
  }
}
