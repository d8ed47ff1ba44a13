import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import { assertParameters } from '../../assert-parameters.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { startWithProof } from '../../start-with-proof.ts';
import { changeOptions } from './configuration.ts';
import { withClient } from './connections.ts';
import { layFoundation } from './foundation.ts';
import { type InitialiseInput, initialise, install } from './initialise.ts';
import { createOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';
import { goOnFromCopy } from './source-link.ts';

type Lifecycle = Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;
/** Fills a folder with what is not empty; answers what of the settings came with it. */
export type Fill = (
  data: Exclude<InitialiseInput['data'], { kind: 'empty' }>,
  folder: string,
  context: CommandContext,
) => Promise<Partial<Settings>>;

export function createLifecycle(place: Place, server: Server, host: EngineHost, fill: Fill): Lifecycle {
  return {
    initialise: async (input, context) => {
      const { signal } = context;
      assertParameters(place.dialect.datastore, input.parameters);
      const { data } = input;
      await initialise(place, input, signal, async (folder) => {
        if (data.kind !== 'empty') return fill(data, folder, context);
        await install(place, folder, input.size, signal);
        return {};
      });
      if (server.adopt() !== null) {
        await withClient(place, { signal }, (client) => client.query(client.dialect.reloadTls));
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
      title: place.dialect.title,
      start: async () => {
        // Its programs may be others than at the last start, and lie elsewhere.
        await renderConfiguration(place, await getSettings(place));
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
  await changeSettings(place, {
    provenParameters: settings.parameters,
    startedWith: createOptions(place.dialect).startOptions(toOptions(place.dialect, settings)),
  });
}
