import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters } from '../../assert-parameters.ts';
import type { Copier } from '../../backup/copier.ts';
import { restoreBackup } from '../../backup/restore.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { findChanged, startWithProof } from '../../start-with-proof.ts';
import { finishDrops } from './cut-off-drops.ts';
import { layFoundation } from './foundation.ts';
import { createCluster, initialise } from './initialise.ts';
import type { Place } from './place.ts';
import { fetchArchive, recover } from './recovery.ts';
import { reload } from './reload.ts';
import { renderConfiguration } from './render-configuration.ts';
import { copySource } from './replica-seed.ts';
import { changeSettings, getSettings } from './settings.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, server: Server, copier: Copier, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, context) => {
      assertParameters('postgresql', input.parameters);
      await initialise(place, input, context, async (folder, { signal }) => {
        switch (input.data.kind) {
          case 'empty':
            await createCluster(place, folder, signal);
            return {};
          case 'backup':
            await restoreBackup({ identity: host.identity, copier }, input.data, folder, context);
            return {};
          case 'point-in-time':
            await restoreBackup({ identity: host.identity, copier }, input.data, folder, context);
            return { recovery: await fetchArchive(host.identity, input.data, folder, context) };
          case 'replica':
            return { source: await copySource(place, input.data.source, folder, context) };
        }
      });
      await recover(place, server, context);
      if (server.adopt() !== null) await reload(place);
      return {};
    },
    start: async (_input, context) => {
      const { signal } = context;
      // What broke off while it was made of a moment is gone on with; before that is reached nobody may connect.
      await recover(place, server, context);
      await startProven(place, server, host, signal);
      await finishDrops(place, host, signal);
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

async function startProven(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  await startWithProof(
    {
      title: 'PostgreSQL',
      start: async () => {
        // A standby whose source has grown since then needs as much, and another version may want other words.
        await renderConfiguration(place, await getSettings(place));
        return server.start(signal);
      },
      getParameters: () => getSettings(place),
      goBackTo: async (parameters) => renderConfiguration(place, await changeSettings(place, { parameters })),
    },
    host,
    signal,
  );
  const { parameters, provenParameters } = await getSettings(place);
  if (findChanged(parameters, provenParameters).length > 0) await changeSettings(place, { provenParameters: parameters });
}
