import { mkdir } from 'node:fs/promises';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import { assertParameters } from '../../assert-parameters.ts';
import type { Copier } from '../../backup/copier.ts';
import { restoreBackup } from '../../backup/restore.ts';
import { claimFolder } from '../../claim-folder.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { startWithProof } from '../../start-with-proof.ts';
import { renewAclFile } from './access.ts';
import { changeOptions } from './configuration.ts';
import { type Seat, withClient } from './connections.ts';
import { initialise } from './initialise.ts';
import { startOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { recoverTo } from './recovery.ts';
import { renderConfiguration } from './render-configuration.ts';
import { waitUntilCopied } from './replication.ts';
import { changeSettings, getSettings, readSettings, type Source } from './settings.ts';
import { rememberSource } from './source-link.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, seat: Seat, server: Server, copier: Copier, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, context) => {
      const { signal } = context;
      assertParameters('redis', input.parameters);
      const { data } = input;
      const make = async (folder: string) => {
        if (data.kind === 'backup' || data.kind === 'point-in-time')
          await restoreBackup({ identity: host.identity, copier }, data, folder, context);
        else await mkdir(folder, { mode: 0o700 });
        if (data.kind === 'point-in-time') await recoverTo(place, host, data, folder, context);
      };
      if (data.kind === 'replica') {
        await claimFolder(place, await readSettings(place));
        const source = await rememberSource(place, data.source, signal);
        await initialise(place, input, signal, make, source);
        // The server itself fetches its copy, so that it goes on from there.
        return copySource(place, seat, server, host, source, context);
      }
      await initialise(place, input, signal, make);
      // Told the same name again, the server reads the certificate anew.
      if (server.adopt() !== null)
        await withClient(place, seat, signal, (client) => client.ask('CONFIG', 'SET', 'tls-cert-file', place.certificateFile));
      return {};
    },
    start: async (_input, { signal }) => {
      await startProven(place, server, host, signal);
      return {};
    },
    stop: async () => {
      await server.stop();
      return {};
    },
    resize: async ({ size }, { signal }) => {
      if (server.adopt() !== null) return { restartRequired: await changeOptions(place, seat, { size }, signal) };
      await renderConfiguration(place, await changeSettings(place, { size }));
      return { restartRequired: false };
    },
  };
}

/** Whole, or stopped again: a replica that never had its copy does not answer anybody. */
async function copySource(
  place: Place,
  seat: Seat,
  server: Server,
  host: EngineHost,
  source: Source,
  context: CommandContext,
): Promise<Record<never, never>> {
  try {
    await startProven(place, server, host, context.signal);
    await waitUntilCopied(place, seat, source, context);
    return {};
  } catch (error) {
    await server.stop();
    context.signal.throwIfAborted();
    throw error;
  }
}

async function startProven(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  const started = await startWithProof(
    {
      title: 'Redis',
      start: async () => {
        await getSettings(place);
        await renewAclFile(place);
        return server.start(signal);
      },
      getParameters: () => getSettings(place),
      goBackTo: async (parameters) => renderConfiguration(place, await changeSettings(place, { parameters })),
    },
    host,
    signal,
  );
  if (!started) return;
  const settings = await getSettings(place);
  await changeSettings(place, { provenParameters: settings.parameters, startedWith: startOptions(toOptions(settings)) });
}
