import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { EngineHost } from '../../engine.ts';
import { writeFile } from '../../write-file.ts';
import { sqlState, toEngineError, withClient } from './connections.ts';
import { type DatabaseRow, dropWithGroups, invalid } from './databases.ts';
import type { Place } from './place.ts';
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

/** While one is looked into it takes connections; killed then, the next look finds it by this. Nobody can set it in SQL. */
const lookedInto = -3;

/**
 * A drop that was begun has closed its database at once. Where it never came to the files, all of it is there; a backup that ended while they
 * went has lost some.
 */
export async function reopenWhole(place: Place, signal: AbortSignal): Promise<void> {
  await withClient(place, { signal }, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database
       WHERE (${invalid} OR datconnlimit = ${lookedInto}) AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).size IS NOT NULL`,
    );
    const setLimit = (name: string, limit: number) =>
      client.query('UPDATE pg_database SET datconnlimit = $2 WHERE datname = $1', [name, limit]);
    for (const { name } of rows) {
      let isWhole = false;
      await setLimit(name, lookedInto);
      try {
        isWhole = await hasItsFiles(place, name, signal);
      } finally {
        await setLimit(name, isWhole ? -1 : -2);
      }
    }
  });
}

async function hasItsFiles(place: Place, database: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await withClient(place, { database, signal }, async (client) => {
      const { rows } = await client.query(
        `SELECT FROM pg_class WHERE relpersistence <> 't' AND pg_relation_filepath(oid) IS NOT NULL
           AND (pg_stat_file(pg_relation_filepath(oid), true)).size IS NULL LIMIT 1`,
      );
      return rows.length === 0;
    });
  } catch (error) {
    // Whatever else keeps us out says nothing of its files, and one that is called broken is dropped.
    if (!lostFiles.test(sqlState(error) ?? '')) throw error;
    return false;
  }
}

/** A file that is not there or cannot be read, a catalogue that is damaged, a database without its folder. */
const lostFiles = /^(58|XX|3D)/;

/** Lies in a data folder that came from a backup until its first start is over, wherever that folder was put meanwhile. */
const noteName = 'guestboard-restored';

export function noteRestored(folder: string): Promise<void> {
  return writeFile(path.join(folder, noteName), '');
}

export function forgetRestored(folder: string): Promise<void> {
  return rm(path.join(folder, noteName), { force: true });
}

/**
 * A backup that ends in the middle of a drop has the database without all of its files, perhaps, and closed to everybody: PostgreSQL itself
 * only lets it be dropped. That is done to the end in the first start on what was restored, and said as it begins: told twice is better than never.
 */
export async function finishDrops(place: Place, host: Pick<EngineHost, 'event'>, signal: AbortSignal): Promise<void> {
  if (!existsSync(path.join(place.data, noteName))) return;
  await withClient(place, { statementTimeoutMs: 600_000, signal }, async (client) => {
    const { rows } = await client.query<DatabaseRow>(
      `SELECT oid::int8::int AS oid, datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database
       WHERE ${invalid} AND NOT pg_is_in_recovery() ORDER BY datname`,
    );
    if (rows.length > 0) host.event({ code: 'drops-finished', tone: 'attention', sentence: describeDrops(rows.map(({ name }) => name)) });
    for (const row of rows) {
      try {
        await dropWithGroups(client, row);
      } catch (error) {
        signal.throwIfAborted();
        // What keeps one from going, as a prepared transaction in it, keeps nobody from the others.
        const sentence = `The database ${row.name} is still there, half dropped and closed to everybody: drop it by hand.`;
        host.event({ code: 'drop-unfinished', tone: 'attention', sentence, detail: toEngineError(error).detail ?? String(error) });
      }
    }
  });
  await forgetRestored(place.data);
}

function describeDrops(names: readonly string[]): string {
  const [what, it, them] =
    names.length === 1
      ? [`database ${names[0]} was`, 'It is dropped to the end now', 'it']
      : [`databases ${names.join(', ')} were`, 'They are dropped to the end now', 'them'];
  return `The backup ends while the ${what} being dropped. ${it}: PostgreSQL opens what is left of such a drop for nobody. Restore to a moment before it to have ${them} back.`;
}
