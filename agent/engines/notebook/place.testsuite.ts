import path from 'node:path';
import * as z from 'zod';
import { notebookDetails } from '#contract/datastores/notebook.testsuite.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { createEngineOptions } from '../../engine-options.ts';
import { createEngineSettings, EngineSettings } from '../../engine-settings.ts';
import { findGuestFolders } from '../../guest-folders.ts';
import { writeFile } from '../../write-file.ts';

export type Place = ReturnType<typeof createPlace>;

export function createPlace(identity: GuestIdentity) {
  const under = (...parts: string[]) => path.join(identity.folder, ...parts);
  return {
    ...findGuestFolders(identity),
    program: path.join(identity.binFolder, 'notebook-server.testsuite.mjs'),
    configFile: under('conf', 'notebook.json'),
    accountsFile: under('conf', 'accounts.json'),
    pidFile: under('run', 'notebook.pid'),
    socketFile: under('run', 's'),
    logFile: under('logs', 'notebook.log'),
  };
}

const Settings = EngineSettings.extend({ startedWith: z.record(z.string(), z.string()) });
type Settings = z.infer<typeof Settings>;
export const { readSettings, getSettings, saveSettings, changeSettings } = createEngineSettings(Settings);

const toOptions = ({ parameters }: Pick<Settings, 'size' | 'parameters'>) => ({
  longest_row: String(parameters.longest_row ?? 1000),
  max_clients: String(parameters.max_clients ?? 20),
});
const options = createEngineOptions(notebookDetails, toOptions);
export const { isRestartRequired } = options;

export function startOptions(settings: Settings): Record<string, string> {
  return options.startOptions(toOptions(settings));
}

export async function renderConfiguration(place: Place, settings: Settings): Promise<void> {
  const { longest_row, max_clients } = toOptions(settings);
  const { accountsFile, pidFile, socketFile, logFile, certificateFile, keyFile, port } = place;
  const files = { accountsFile, pidFile, socketFile, logFile, certificateFile, keyFile, pagesFile: path.join(place.data, 'pages') };
  const configuration = { ...files, port, host: place.listenAddress, longestRow: Number(longest_row), maxClients: Number(max_clients) };
  await writeFile(place.configFile, JSON.stringify(configuration));
}
