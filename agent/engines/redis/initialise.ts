import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { CommandInput } from '#contract/guest/commands.ts';
import { claimFolder } from '../../claim-folder.ts';
import { writeTls } from '../../secrets-in-clear.ts';
import { syncFolder, writeFile } from '../../write-file.ts';
import { readAccess, saveAccess } from './access.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { readSettings, type Settings, saveSettings } from './settings.ts';

export type InitialiseInput = CommandInput<'lifecycle.initialise'>;

/** Makes folders, configuration and the administrator's password. Asked again, it only brings the configuration up to date. */
export async function initialise(
  place: Place,
  input: InitialiseInput,
  signal: AbortSignal,
  fill: (folder: string) => Promise<void>,
  source: Settings['source'] = null,
): Promise<void> {
  const known = await readSettings(place);
  await claimFolder(place, known);
  const settings: Settings = {
    instanceId: place.instanceId,
    size: input.size,
    allowedCidrs: input.allowedCidrs,
    parameters: input.parameters,
    provenParameters: known?.provenParameters ?? {},
    startedWith: known?.startedWith ?? null,
    source: source ?? known?.source ?? null,
    fenced: known?.fenced ?? false,
  };
  await saveSettings(place, settings);
  await writeTls(place, input.tls);
  if (!existsSync(place.adminPasswordFile)) await writeFile(place.adminPasswordFile, `${randomBytes(32).toString('base64url')}\n`);
  await saveAccess(place, await readAccess(place));
  await renderConfiguration(place, settings);
  if (existsSync(place.data)) return;
  await rm(place.making, { recursive: true, force: true });
  await fill(place.making);
  signal.throwIfAborted();
  await rename(place.making, place.data);
  await syncFolder(place.conf);
}
