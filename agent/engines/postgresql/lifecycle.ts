import { GuestboardError } from '#contract/errors.ts';
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
import { changeSettings, getSettings, type Settings } from './settings.ts';

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
      await startWithProof(place, server, host, signal);
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

/** Parameters may be right one by one and still be too much for this host: then the server runs with those it last started with. */
async function startWithProof(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  try {
    // A standby whose source has grown since then needs as much.
    const settings = await getSettings(place);
    if (settings.source !== null || settings.fenced) await renderConfiguration(place, settings);
    await server.start(signal);
  } catch (error) {
    const { parameters, provenParameters } = await getSettings(place);
    const changed = findChanged(parameters, provenParameters);
    if (signal.aborted || changed.length === 0) throw error;
    await renderConfiguration(place, await changeSettings(place, { parameters: provenParameters }));
    await server.start(signal);
    host.event({
      code: 'configuration-rolled-back',
      tone: 'attention',
      sentence: `PostgreSQL did not start with the changed parameters (${changed.join(', ')}). It runs with the earlier ones.`,
      ...(error instanceof GuestboardError && error.detail !== undefined ? { detail: error.detail } : {}),
    });
  }
  const { parameters, provenParameters } = await getSettings(place);
  if (findChanged(parameters, provenParameters).length > 0) await changeSettings(place, { provenParameters: parameters });
}

function findChanged(left: Settings['parameters'], right: Settings['parameters']): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => left[name] !== right[name]);
}
