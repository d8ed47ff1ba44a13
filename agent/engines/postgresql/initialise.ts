import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import { run } from '#drivers/process/run.ts';
import { claimFolder } from '../../claim-folder.ts';
import { writeTls } from '../../secrets-in-clear.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { syncFolder } from '../../write-file.ts';
import { adminRole, type Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { readSettings, type Settings, saveSettings } from './settings.ts';

export type InitialiseInput = CommandInput<'lifecycle.initialise'>;
/** Fills the given folder with a copy of something and answers what to remember of it. */
export type Fill = (folder: string, context: CommandContext) => Promise<Partial<Settings>>;

/**
 * Makes the data folder beside its final name and renames it when complete, so that a folder called data is always whole.
 * Only a folder whose settings carry our instance id is ever wiped. Asked again, it only brings the configuration up to date.
 */
export async function initialise(place: Place, input: InitialiseInput, context: CommandContext, fill: Fill): Promise<void> {
  const known = await readSettings(place);
  await claimFolder(place, known);
  let settings: Settings = {
    instanceId: place.instanceId,
    size: input.size,
    allowedCidrs: input.allowedCidrs,
    parameters: input.parameters,
    provenParameters: known?.provenParameters ?? {},
    replicas: known?.replicas ?? [],
    source: known?.source ?? null,
    fenced: known?.fenced ?? false,
    recovery: known?.recovery ?? null,
  };
  await saveSettings(place, settings);
  await writeTls(place, input.tls);
  if (!existsSync(place.data)) {
    // A program of an agent that was killed may still write there for a moment.
    await rm(place.making, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    settings = { ...settings, ...(await fill(place.making, context)) };
    // Each file by itself would take longer; without it, a power cut would leave a folder of that name that is not whole.
    await syncFileSystem(place.making, context.signal);
    await saveSettings(place, settings);
    await renderConfiguration(place, settings);
    await rename(place.making, place.data);
    await syncFolder(place.conf);
    return;
  }
  await renderConfiguration(place, settings);
}

/** An empty cluster: checksums on, UTF-8, sorting by code point with the same answer on every host. Not synced: that is for whoever has filled it. */
export async function createCluster(place: Place, folder: string, signal: AbortSignal): Promise<void> {
  const locale = place.majorVersion >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C.UTF-8'];
  const access = ['--auth-local=peer', '--auth-host=scram-sha-256'];
  const result = await run(place.initdb, ['-D', folder, '-U', adminRole, '-k', '-N', '-E', 'UTF8', ...locale, ...access], {
    deadlineMs: 120_000,
    cwd: place.conf,
    signal,
  });
  if (result.code !== 0)
    throw new GuestboardError('engine-error', 'The data folder could not be made.', { detail: result.stderr.slice(-2000) });
}
