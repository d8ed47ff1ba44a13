import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters } from '../../assert-parameters.ts';
import type { Copier } from '../../backup/copier.ts';
import { restoreBackup } from '../../backup/restore.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { startWithProof } from '../../start-with-proof.ts';
import { changeOptions } from './configuration.ts';
import { withClient } from './connections.ts';
import { copySource } from './copy-source.ts';
import { layFoundation } from './foundation.ts';
import { initialise, install } from './initialise.ts';
import { startOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { recoverTo } from './recovery.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings } from './settings.ts';
import { goOnFromCopy } from './source-link.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, server: Server, copier: Copier, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, context) => {
      const { signal } = context;
      assertParameters('mariadb', input.parameters);
      const { data } = input;
      await initialise(place, input, signal, async (folder) => {
        if (data.kind === 'replica') return { source: await copySource(place, data.source, folder, context) };
        if (data.kind === 'empty') await install(place, folder, input.size, signal);
        else await restoreBackup({ identity: host.identity, copier }, data, folder, context);
        if (data.kind === 'point-in-time') await recoverTo(place, host, data, folder, context);
        return {};
      });
      if (server.adopt() !== null) {
        await withClient(place, { signal }, (client) => client.query('FLUSH SSL'));
        await layFoundation(place, signal);
      }
      return {};
    },
    start: async (_input, { signal }) => {
      await startProven(place, server, host, signal);
      await layFoundation(place, signal);
      await goOnFromCopy(place, signal);
      return {};
    },
    stop: async () => {
      await server.stop();
      return {};
    },
    resize: async ({ size }, { signal }) => {
      if (server.adopt() !== null) return { restartRequired: await changeOptions(place, { size }, signal) };
      await renderConfiguration(place, await changeSettings(place, { size }));
      return { restartRequired: false };
    },
  };
}

async function startProven(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  const started = await startWithProof(
    {
      title: 'MariaDB',
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
