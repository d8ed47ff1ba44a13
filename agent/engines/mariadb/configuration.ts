import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters, findOutside, refusal } from '../../assert-parameters.ts';
import { type Client, toEngineError, withClient } from './connections.ts';
import { createOptions, toOptions } from './options.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';
import { quoteText } from './sql.ts';

type Parameters = Settings['parameters'];
type Variable = { name: string; min: string | null; max: string | null; block: string | null };

export function createConfiguration(place: Place): Answers<'configuration'> {
  return {
    apply: async ({ parameters }, { signal }) => {
      assertParameters(place.dialect.datastore, parameters);
      await withClient(place, { signal }, (client) => assertServerTakes(client, parameters));
      return { restartRequired: await changeOptions(place, { parameters }, signal) };
    },
  };
}

/** Writes the file and lets the running server take what it can at once; on a refusal both are as before. Answers whether something waits for a restart. */
export async function changeOptions(
  place: Place,
  change: Partial<Pick<Settings, 'size' | 'parameters'>>,
  signal: AbortSignal,
): Promise<boolean> {
  const { isRestartRequired, liveOptions } = createOptions(place.dialect);
  const before = await getSettings(place);
  const after = await changeSettings(place, change);
  await renderConfiguration(place, after);
  const [old, fresh] = [liveOptions(toOptions(place.dialect, before)), liveOptions(toOptions(place.dialect, after))];
  try {
    await withClient(place, { signal }, async (client) => {
      // A server that was started by an earlier agent would write into its data folder, where nothing rotates it.
      if (fresh.general_log === 'ON') await client.query(`SET GLOBAL general_log_file = ${quoteText(place.generalLog)}`);
      await setVariables(client, old, fresh);
    });
  } catch (error) {
    await renderConfiguration(place, await changeSettings(place, { size: before.size, parameters: before.parameters }));
    await withClient(place, {}, (client) => setVariables(client, fresh, old)).catch(() => {});
    throw error;
  }
  return isRestartRequired(after);
}

/** Asks this very server for its own ranges: out of them it would only cut the value and warn. Changes nothing. */
async function assertServerTakes(client: Client, parameters: Parameters): Promise<void> {
  const variables = await client.query<Variable>(client.dialect.variables);
  for (const [name, value] of Object.entries(parameters)) {
    const variable = variables.find((candidate) => candidate.name === name);
    if (variable === undefined) throw refusal(name, `This server has no parameter ${name}.`);
    if (typeof value !== 'number') continue;
    const problem = findOutside(value, variable.min, variable.max);
    if (problem !== null) throw refusal(name, `${name} ${problem}`);
    const block = Number(variable.block ?? 0);
    if (block > 1 && value % block !== 0) throw refusal(name, `${name} is a multiple of ${block}.`);
  }
}

/** What is no longer asked for goes back to the server's own value. */
async function setVariables(client: Client, before: Record<string, string>, after: Record<string, string>): Promise<void> {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = after[name];
    if (value === before[name]) continue;
    try {
      await client.query(`SET GLOBAL ${name} = ${value === undefined ? 'DEFAULT' : toLiteral(value)}`);
    } catch (error) {
      throw refusal(name, `${client.dialect.title} does not take this value for ${name}.`, toEngineError(error, client.dialect).detail);
    }
  }
}

function toLiteral(value: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? value : quoteText(value);
}
