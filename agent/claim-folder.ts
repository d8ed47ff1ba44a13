import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { EngineSettings } from './engine-settings.ts';

type Folders = { data: string; making: string; run: string; logs: string; conf: string; tmp: string };

/** Makes the guest's own folders. Throws `conflict`, touching nothing, when data lies there that this instance did not make. */
export async function claimFolder(place: Folders, known: EngineSettings | null): Promise<void> {
  if (known === null && (existsSync(place.data) || existsSync(place.making))) {
    throw new GuestboardError('conflict', 'The data folder holds something this instance did not make. It was not touched.', {
      detail: place.data,
    });
  }
  for (const folder of [place.run, place.logs, place.conf, place.tmp]) await mkdir(folder, { recursive: true, mode: 0o700 });
}
