import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { EngineHost } from '../../engine.ts';
import { assertParameters, changeOptions } from './configuration.ts';
import { withClient } from './connections.ts';
import { layFoundation } from './foundation.ts';
import { initialise } from './initialise.ts';
import { startOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import type { Server } from './server.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

export function createLifecycle(place: Place, server: Server, host: EngineHost): Lifecycle {
  return {
    initialise: async (input, { signal }) => {
      assertParameters(input.parameters);
      if (input.data.kind !== 'empty')
        throw new GuestboardError('not-implemented', 'MariaDB can only begin empty here: it is neither restored nor copied yet.');
      await initialise(place, input, signal);
      if (server.adopt() !== null) {
        await withClient(place, { signal }, (client) => client.query('FLUSH SSL'));
        await layFoundation(place, signal);
      }
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
    resize: async ({ size }, { signal }) => {
      if (server.adopt() !== null) return { restartRequired: await changeOptions(place, { size }, signal) };
      await renderConfiguration(place, await changeSettings(place, { size }));
      return { restartRequired: false };
    },
  };
}

/** Parameters may be right one by one and still be too much for this host: then the server runs with those it last started with. */
async function startWithProof(place: Place, server: Server, host: EngineHost, signal: AbortSignal): Promise<void> {
  let started: boolean;
  try {
    await getSettings(place);
    started = await server.start(signal);
  } catch (error) {
    const { parameters, provenParameters } = await getSettings(place);
    const changed = findChanged(parameters, provenParameters);
    if (signal.aborted || changed.length === 0) throw error;
    await renderConfiguration(place, await changeSettings(place, { parameters: provenParameters }));
    started = await server.start(signal);
    host.event({
      code: 'configuration-rolled-back',
      tone: 'attention',
      sentence: `MariaDB did not start with the changed parameters (${changed.join(', ')}). It runs with the earlier ones.`,
      ...(error instanceof GuestboardError && error.detail !== undefined ? { detail: error.detail } : {}),
    });
  }
  if (!started) return;
  const settings = await getSettings(place);
  await changeSettings(place, { provenParameters: settings.parameters, startedWith: startOptions(toOptions(settings)) });
}

function findChanged(left: Settings['parameters'], right: Settings['parameters']): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => left[name] !== right[name]);
}
