import { statSync } from 'node:fs';
import { isFarTooMuch, toKeptLimit } from '../../archive/file-log/kept.ts';
import { needNothing, readNeeded } from './archived-log.ts';
import type { Client } from './connections.ts';
import { readFileNumber, toLogFile } from './log-files.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';
import { quoteText } from './sql.ts';

const dayMs = 86_400_000;

/**
 * The binary log is kept for a day and takes an eighth of the volume at most, oldest first. What the archive has not stored yet stays longer,
 * up to its own limit. The server itself keeps what a connected replica still reads; one that was away for longer is copied afresh.
 */
export async function pruneBinaryLogs(place: Place, client: Client, nowMs: number): Promise<void> {
  const { size } = await getSettings(place);
  const rows = await client.query<{ Log_name: string; File_size: number | string }>('SHOW BINARY LOGS');
  const files = rows.map(({ Log_name: name, File_size: bytes }) => ({ name, number: readFileNumber(name), bytes: Number(bytes) }));
  const needed = await findNeeded(place, files, toKeptLimit(size.volumeBytes));
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let first = 0;
  for (const file of files.slice(0, -1)) {
    const isOld = nowMs - (statSync(toLogFile(place.data, file.number), { throwIfNoEntry: false })?.mtimeMs ?? nowMs) > dayMs;
    if (file.number >= needed || (!isOld && bytes <= size.volumeBytes / 8)) break;
    bytes -= file.bytes;
    first += 1;
  }
  const kept = files[first];
  if (first > 0 && kept !== undefined) await client.query(`PURGE BINARY LOGS TO ${quoteText(kept.name)}`);
}

/** The first file that must stay. Too much of it while nobody archives, and none must. */
async function findNeeded(place: Place, files: readonly { number: number; bytes: number }[], limitBytes: number): Promise<number> {
  const needed = await readNeeded(place);
  if (needed === null) return Number.POSITIVE_INFINITY;
  const keptBytes = files.reduce((sum, file) => sum + (file.number >= needed ? file.bytes : 0), 0);
  if (!isFarTooMuch(keptBytes, limitBytes)) return needed;
  await needNothing(place);
  return Number.POSITIVE_INFINITY;
}
