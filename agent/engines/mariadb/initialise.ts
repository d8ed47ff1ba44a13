import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { run } from '#drivers/process/run.ts';
import { claimFolder } from '../../claim-folder.ts';
import { writeTls } from '../../secrets-in-clear.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { syncFolder, writeFile } from '../../write-file.ts';
import { endLeftovers } from './copier.ts';
import type { InstallStep } from './dialect.ts';
import { toHosts } from './hosts.ts';
import { adminUser, type Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { readSettings, type Settings, saveSettings } from './settings.ts';
import { toSizes } from './sizing.ts';

export type InitialiseInput = CommandInput<'lifecycle.initialise'>;

/**
 * Makes the data folder beside its final name and renames it when complete, so that a folder called data is always whole.
 * Only a folder whose settings carry our instance id is ever wiped. Asked again, it only brings the configuration up to date.
 */
export async function initialise(
  place: Place,
  input: InitialiseInput,
  signal: AbortSignal,
  fill: (folder: string) => Promise<Partial<Settings>>,
): Promise<void> {
  toHosts(input.allowedCidrs);
  const known = await readSettings(place);
  await claimFolder(place, known);
  await mkdir(place.noFiles, { recursive: true, mode: 0o500 });
  let settings: Settings = {
    instanceId: place.instanceId,
    size: input.size,
    allowedCidrs: input.allowedCidrs,
    parameters: input.parameters,
    provenParameters: known?.provenParameters ?? {},
    startedWith: known?.startedWith ?? {},
    replicas: known?.replicas ?? [],
    source: known?.source ?? null,
    fenced: known?.fenced ?? false,
  };
  await saveSettings(place, settings);
  await writeTls(place, input.tls);
  await writeFile(place.authorityFile, input.tls.caPem);
  await renderConfiguration(place, settings);
  if (existsSync(place.data)) return;
  // A program of an agent that was killed may still write there for a moment.
  await rm(place.making, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  settings = { ...settings, ...(await fill(place.making)) };
  signal.throwIfAborted();
  await saveSettings(place, settings);
  await renderConfiguration(place, settings);
  await rename(place.making, place.data);
  await syncFolder(place.conf);
}

/** An empty one, without a sync for each of a thousand small writes: a folder that is not complete is thrown away after a power cut. One sync completes it. */
export async function install(place: Place, folder: string, size: InitialiseInput['size'], signal: AbortSignal): Promise<void> {
  // An installer of an agent that was killed may have begun the folder again.
  await endLeftovers(place, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  await runSteps(place, place.dialect.install({ ...place, folder, administrator: adminUser() }, toSizes(size)), 120_000, signal);
  await syncFileSystem(folder, signal);
}

/** One program after the other; what one of them reads as its first statements lies there only meanwhile. */
export async function runSteps(place: Place, steps: readonly InstallStep[], deadlineMs: number, signal: AbortSignal): Promise<void> {
  for (const { command, args, statements } of steps) {
    if (statements !== undefined) await writeFile(place.statementsFile, statements.map((statement) => `${statement};\n`).join(''));
    const result = await run(command, args, { deadlineMs, cwd: place.conf, signal, env: { UMASK: '0600', UMASK_DIR: '0700' } });
    if (result.code !== 0)
      throw new GuestboardError('engine-error', 'The data folder could not be made.', {
        detail: `It ended with ${result.signal ?? result.code}. ${`${result.stdout}\n${result.stderr}`.slice(-2000)}`,
      });
  }
  await rm(place.statementsFile, { force: true });
}
