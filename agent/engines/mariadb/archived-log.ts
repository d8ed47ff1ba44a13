import { rm } from 'node:fs/promises';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import type { Place } from './place.ts';

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
