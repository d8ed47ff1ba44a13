import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import { type LogPosition, toLogFile } from './log-position.ts';
import type { Place } from './place.ts';

/** What the archive may take of the volume while its storage is away: as much as the engine with a limit of its own keeps. */
export function toKeptLimit(volumeBytes: number): number {
  return Math.floor(volumeBytes / 5);
}

/** Beyond this the volume comes first, whatever is still on its way. */
export function isFarTooMuch(keptBytes: number, limitBytes: number): boolean {
  return keptBytes > limitBytes * 1.25;
}

/** From which file of the log on the archive still needs it; null where it needs none. Remembered for whoever prunes while nobody archives. */
export async function readNeeded(place: Place): Promise<number | null> {
  const text = await readFileIfThere(place.archivedFile);
  return text === null ? null : Number(text);
}

export async function need(place: Place, file: number): Promise<void> {
  if ((await readNeeded(place)) !== file) await writeFile(place.archivedFile, `${file}\n`);
}

export async function needNothing(place: Place): Promise<void> {
  await rm(place.archivedFile, { force: true });
}

/** Bytes of the log from a place to its end. */
export function measureLog(folder: string, from: LogPosition, to: LogPosition): number {
  let bytes = -from.offset;
  for (let file = from.file; file <= to.file; file += 1)
    bytes += file === to.file ? to.offset : (statSync(toLogFile(folder, file), { throwIfNoEntry: false })?.size ?? 0);
  return Math.max(0, bytes);
}
