import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters, refusal } from '../../assert-parameters.ts';
import { type Client, type Seat, toEngineError, withClient } from './connections.ts';
import { isRestartRequired, liveOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';

export function createConfiguration(place: Place, seat: Seat): Answers<'configuration'> {
  return {
    apply: async ({ parameters }, { signal }) => {
      assertParameters('redis', parameters);
      return { restartRequired: await changeOptions(place, seat, { parameters }, signal) };
    },
  };
}

/** Writes the file and lets the running server take what it can at once; on a refusal both are as before. Answers whether something waits for a restart. */
export async function changeOptions(
  place: Place,
  seat: Seat,
  change: Partial<Pick<Settings, 'size' | 'parameters'>>,
  signal: AbortSignal,
): Promise<boolean> {
  const before = await getSettings(place);
  const after = { ...before, ...change };
  const [old, fresh] = [liveOptions(toOptions(before)), liveOptions(toOptions(after))];
  await withClient(place, seat, signal, (client) => setOptions(client, old, fresh));
  await renderConfiguration(place, await changeSettings(place, change));
  return needsRestart(after);
}

export function needsRestart(settings: Settings): boolean {
  const { startedWith } = settings;
  return startedWith !== null && isRestartRequired({ ...settings, startedWith });
}

/** One after another, so that a refusal names its parameter; then those set before it go back. */
async function setOptions(client: Client, before: Record<string, string>, after: Record<string, string>): Promise<void> {
  const done: string[] = [];
  for (const [name, value] of Object.entries(after)) {
    if (value === before[name]) continue;
    try {
      await client.ask('CONFIG', 'SET', name, value);
      done.push(name);
    } catch (error) {
      for (const set of done) await client.ask('CONFIG', 'SET', set, before[set] ?? '').catch(() => {});
      const told = toEngineError(error);
      // A server that takes nothing now says nothing about the value.
      throw told.code === 'engine-unavailable' ? told : refusal(name, `Redis does not take this value for ${name}.`, told.detail);
    }
  }
}
