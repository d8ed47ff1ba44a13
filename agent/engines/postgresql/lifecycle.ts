import type { Answers } from '#contract/guest/commands.ts';
import type { EngineHost } from '../../engine.ts';
import { assertParameters } from './configuration.ts';
import { layFoundation } from './foundation.ts';
import { createCluster, initialise } from './initialise.ts';
import type { Place } from './place.ts';
import { reload } from './reload.ts';
import { renderConfiguration } from './render-configuration.ts';
import { copySource } from './replica-seed.ts';
import { restoreBackup } from './restore.ts';
import type { Server } from './server.ts';
import { changeSettings } from './settings.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, server: Server, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, context) => {
      assertParameters(input.parameters);
      await initialise(place, input, context, async (folder, { signal }) => {
        switch (input.data.kind) {
          case 'empty':
            await createCluster(place, folder, signal);
            return {};
          case 'backup':
            await restoreBackup(host.identity, input.data.backupId, folder, context);
            return {};
          case 'replica':
            return { source: await copySource(place, input.data.source, folder, context) };
        }
      });
      if (server.adopt() !== null) await reload(place);
      return {};
    },
    start: async (_input, { signal }) => {
      await server.start(signal);
      await layFoundation(place, signal);
      return {};
    },
    stop: async () => {
      await server.stop();
      return {};
    },
    resize: async ({ size }) => {
      await renderConfiguration(place, await changeSettings(place, { size }));
      if (server.adopt() === null) return { restartRequired: false };
      return { restartRequired: await reload(place) };
    },
  };
}
