import type { Client } from './connections.ts';
import { readWal } from './wal-records.ts';

/** `baseEnd`: a replay cannot end before. */
type Log = { folder: string; timeline: number; from: bigint; baseEnd: bigint; atMs: number; signal: AbortSignal };

/**
 * PostgreSQL removes a dropped database's files before the drop is committed, in the log as well: replayed up to a moment between the two, it
 * would be there without its files. Answers the place of the first such removal, which the replay must not come to; null where there is none.
 */
export async function findCutOffDrop({ folder, timeline, from, baseEnd, atMs, signal }: Log): Promise<bigint | null> {
  const dropping = new Map<number, bigint>();
  for await (const record of readWal(folder, timeline, from, signal)) {
    if (record.kind === 'end-of-crash') dropping.clear();
    else if (record.kind === 'drop-database') dropping.set(record.transaction, record.at);
    else if (record.endedAtMs > atMs) break;
    else dropping.delete(record.transaction);
  }
  const reachable = [...dropping.values()].filter((at) => at >= baseEnd);
  return reachable.sort((one, other) => (one < other ? -1 : 1))[0] ?? null;
}

/** A drop that was begun has closed its database at once. Where it never came to the files, all of it is there. */
export async function reopenWhole(client: Client): Promise<void> {
  await client.query(
    "UPDATE pg_database SET datconnlimit = -1 WHERE datconnlimit = -2 AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).size IS NOT NULL",
  );
}
