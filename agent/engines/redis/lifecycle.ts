import { mkdir } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters } from '../../assert-parameters.ts';
import type { Copier } from '../../backup/copier.ts';
import { restoreBackup } from '../../backup/restore.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { startWithProof } from '../../start-with-proof.ts';
import { changeOptions } from './configuration.ts';
import { type Seat, withClient } from './connections.ts';
import { initialise } from './initialise.ts';
import { startOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings } from './settings.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, seat: Seat, server: Server, copier: Copier, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, context) => {
      const { signal } = context;
      assertParameters('redis', input.parameters);
      const { data } = input;
      if (data.kind === 'replica') throw new GuestboardError('not-implemented', 'Redis has no replicas here yet.');
      if (data.kind === 'point-in-time')
        throw new GuestboardError('not-implemented', 'Redis cannot be restored to a point in time here yet.');
      await initialise(place, input, signal, async (folder) => {
        if (data.kind === 'empty') await mkdir(folder, { mode: 0o700 });
        else await restoreBackup({ identity: host.identity, copier }, data, folder, context);
      });
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

async function startProven(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  const started = await startWithProof(
    {
      title: 'Redis',
      start: async () => {
        await getSettings(place);
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
