import { existsSync, readdirSync, statSync } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPosition } from '../../archive/file-log/log-position.ts';
import { LogLost } from '../../archive/source.ts';
import type { Client } from './connections.ts';
import { parseInfo } from './info.ts';
import type { Place } from './place.ts';

const mostPostponedMs = 3000;
const holeSentence = 'The database rewrote its append-only file before all of it was archived.';

/** The folder of the server's files; a copy of the data has another, whatever its files are called. */
export function readFolderMark(place: Place): number {
  return statSync(path.dirname(place.manifestFile), { throwIfNoEntry: false })?.ino ?? 0;
}

/** Each rewrite begins another increment; together they are every write since the first. */
function toIncrement(place: Place, file: number): string {
  return path.join(path.dirname(place.manifestFile), `appendonly.aof.${file}.incr.aof`);
}

/** The same file under a name of ours, which outlives the rewrite that removes it. */
export function toKept(place: Place, file: number): string {
  return path.join(place.kept, String(file));
}

function listIncrements(place: Place): number[] {
  const numbers = listFolder(path.dirname(place.manifestFile)).map((name) => Number(/^appendonly\.aof\.(\d+)\.incr\.aof$/.exec(name)?.[1]));
  return numbers.filter((number) => number > 0).sort((one, other) => one - other);
}

function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

const freshBytes = 1024 ** 2;
const mostFreshMs = 30_000;

/** The number of a fresh increment, or of one that is as good as that: what it held before would all have to be stored. */
export async function beginIncrement(place: Place, client: Client): Promise<number> {
  const before = findLatest(place);
  if ((statSync(toIncrement(place, before), { throwIfNoEntry: false })?.size ?? 0) <= freshBytes) return before;
  // One that is under way has begun an increment already, and another may begin only after it.
  const end = performance.now() + mostFreshMs;
  while (findLatest(place) === before && performance.now() < end) {
    await client.ask('BGREWRITEAOF').catch(() => {});
    await sleep(100);
  }
  return findLatest(place);
}

export function findLatest(place: Place): number {
  return listIncrements(place).at(-1) ?? 0;
}

/** Holds on to every increment there is, from `known` on. Throws LogLost when one of them is gone already. */
export async function keepIncrements(place: Place, known: number): Promise<number> {
  await mkdir(place.kept, { recursive: true, mode: 0o700 });
  const files = listIncrements(place);
  for (const file of files) {
    if (file < known || existsSync(toKept(place, file))) continue;
    await link(toIncrement(place, file), toKept(place, file)).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
    });
  }
  const latest = files.at(-1) ?? 0;
  for (let file = known; file <= latest; file += 1) if (!existsSync(toKept(place, file))) throw new LogLost(holeSentence);
  return latest;
}

/** Those before are stored; null lets go of all. */
export async function forgetKept(place: Place, before: number | null = null): Promise<void> {
  for (const name of listFolder(place.kept))
    if (before === null || Number(name) < before) await rm(path.join(place.kept, name), { force: true });
}

export function isKeeping(place: Place): boolean {
  return listFolder(place.kept).length > 0;
}

/**
 * Everything answered before this is in its file: answers go out after the write, unless the disk is slow and the write waits for the
 * last sync. True when nothing is under way, so that the next write shows in the file at once.
 */
export async function untilWritten(client: Client): Promise<boolean> {
  const end = performance.now() + mostPostponedMs;
  for (;;) {
    const info = parseInfo(String(await client.ask('INFO', 'persistence')));
    const isSyncing = Number(info.get('aof_pending_bio_fsync') ?? 0) > 0;
    if (!isSyncing) return true;
    if (Number(info.get('aof_buffer_length') ?? 0) === 0 || performance.now() > end) return false;
    await sleep(50);
  }
}

/** Where the log ends, of which all files are held on to: one that holds nothing yet is no part of it, since nothing may ever follow. */
export function findEnd(place: Place, latest: number): LogPosition {
  const { size } = statSync(toKept(place, latest));
  const before = statSync(toKept(place, latest - 1), { throwIfNoEntry: false });
  return size === 0 && before !== undefined ? { file: latest - 1, offset: before.size } : { file: latest, offset: size };
}

/** The same with everything answered included. */
export async function askEnd(place: Place, client: Client): Promise<LogPosition> {
  await untilWritten(client);
  return findEnd(place, await keepIncrements(place, findLatest(place)));
}
