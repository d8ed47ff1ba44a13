import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { DatastoreName } from '#contract/datastores/index.ts';
import type { notebook } from '#contract/datastores/notebook.testsuite.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { LogLevel } from '#contract/resources/log.ts';
import { assertParameters } from '../../assert-parameters.ts';
import { claimFolder } from '../../claim-folder.ts';
import type { EngineHost, EngineWith } from '../../engine.ts';
import { createEngineLooker, unknownLook } from '../../engine-looker.ts';
import { writeTls } from '../../secrets-in-clear.ts';
import { createAccounts, readAccess, saveAccess } from './accounts.testsuite.ts';
import {
  changeSettings,
  createPlace,
  getSettings,
  isRestartRequired,
  type Place,
  readSettings,
  renderConfiguration,
  saveSettings,
  startOptions,
} from './place.testsuite.ts';
import { ask, type Client, connect, createServer } from './server.testsuite.ts';

type Seen = { version: string; startedAtMs: number; connections: number; pages: number; isFull: boolean; stopped: boolean };
type Capability = (typeof notebook)['capabilities'][number];

export const createEngine = (host: EngineHost): EngineWith<Capability> => {
  const place = createPlace(host.identity);
  const server = createServer(place);
  const looker = createLooker(place, server.process, host);
  return {
    adopt: async () => server.adopt(),
    mainProcess: server.process,
    endedCleanly: async () => !existsSync(place.pidFile),
    look: looker.look,
    lifecycle: {
      initialise: (input, { signal }) => initialise(place, input, signal),
      start: async (_input, { signal }) => {
        const settings = await getSettings(place);
        await renderConfiguration(place, settings);
        if (await server.start(signal))
          await changeSettings(place, { provenParameters: settings.parameters, startedWith: startOptions(settings) });
        return {};
      },
      stop: async () => {
        await server.stop();
        return {};
      },
      resize: async ({ size }) => ({ restartRequired: isRestartRequired(await changeSettings(place, { size })) }),
    },
    configuration: {
      apply: async ({ parameters }) => {
        assertParameters(DatastoreName.parse('notebook'), parameters);
        const settings = await changeSettings(place, { parameters });
        await renderConfiguration(place, settings);
        await ask(place, 'reload');
        return { restartRequired: isRestartRequired(settings) };
      },
    },
    accounts: createAccounts(place),
    setWritable: async (writable) => {
      await saveAccess(place, { ...(await readAccess(place)), stopped: !writable });
      if (server.adopt() !== null) await ask(place, 'reload');
    },
    logSources: () => [{ name: 'notebook', title: 'Notebook', files: () => [place.logFile].filter((file) => existsSync(file)), parse }],
    volumeFolders: () => [place.data, place.making],
    close: async () => looker.close(),
  };
};

async function initialise(place: Place, input: CommandInput<'lifecycle.initialise'>, signal: AbortSignal) {
  if (input.data.kind !== 'empty') throw new GuestboardError('not-implemented', 'A notebook begins empty.');
  const known = await readSettings(place);
  await claimFolder(place, known);
  const { size, allowedCidrs, parameters, tls } = input;
  const { provenParameters, startedWith } = known ?? { provenParameters: {}, startedWith: {} };
  await saveSettings(place, { instanceId: place.instanceId, size, allowedCidrs, parameters, provenParameters, startedWith });
  await writeTls(place, tls);
  await saveAccess(place, await readAccess(place));
  if (existsSync(place.data)) return {};
  await rm(place.making, { recursive: true, force: true });
  await mkdir(place.making, { mode: 0o700 });
  signal.throwIfAborted();
  await rename(place.making, place.data);
  return {};
}

function createLooker(place: Place, mainProcess: ReturnType<typeof createServer>['process'], { now, connectionLost }: EngineHost) {
  return createEngineLooker<Client, Seen>({
    dataFolder: place.data,
    now,
    mainProcess,
    connectionLost,
    monitored: {
      connect: () => connect(place),
      onEnd: (client, then) => client.onEnd(then),
      cut: (client) => client.cut(),
      query: async (client) => (await client.ask('look')) as Seen,
      describe: String,
    },
    logIn: async () => {
      const isFull = await ask(place, 'look').then(
        (seen) => (seen as Seen).isFull,
        () => null,
      );
      return { accepts: isFull === false, timedOut: isFull === null, error: isFull ? 'too many clients already' : null };
    },
    connections: (seen) => seen.connections,
    isPassing: () => false,
    startsAgain: false,
    toLook: async ({ version, startedAtMs, connections, pages, stopped }, login) => ({
      ...unknownLook,
      processState: login.timedOut ? 'not-answering' : 'running',
      acceptsLogins: login.accepts,
      acceptsWrites: !stopped,
      restartRequired: isRestartRequired(await getSettings(place)),
      version,
      startedAtMs,
      lastError: login.error,
      metrics: { connections, pages },
    }),
    reset: () => {},
  });
}

function parse(line: string) {
  const [, time = '', level, text = ''] = /^(\S+) (\w+) (.*)$/.exec(line) ?? [];
  return { atMs: Date.parse(time) || null, level: LogLevel.catch('info').parse(level), text: text || line };
}
