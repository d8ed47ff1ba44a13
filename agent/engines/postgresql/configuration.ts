import type { Answers } from '#contract/guest/commands.ts';
import { assertParameters, findOutside, refusal } from '../../assert-parameters.ts';
import { type Client, inTransaction, toEngineError, withClient } from './connections.ts';
import type { Place } from './place.ts';
import { reload } from './reload.ts';
import { renderConfiguration } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';

type Parameters = Settings['parameters'];
type PgSetting = {
  name: string;
  context: string;
  vartype: string;
  min_val: string | null;
  max_val: string | null;
  enumvals: string[] | null;
};

export function createConfiguration(place: Place): Answers<'configuration'> {
  return {
    apply: async ({ parameters }, { signal }) => {
      assertParameters('postgresql', parameters);
      await withClient(place, { signal }, (client) => assertServerTakes(client, parameters));
      const before = (await getSettings(place)).parameters;
      await renderConfiguration(place, await changeSettings(place, { parameters }));
      try {
        return { restartRequired: await reload(place) };
      } catch (error) {
        await renderConfiguration(place, await changeSettings(place, { parameters: before }));
        await reload(place).catch(() => {});
        throw error;
      }
    },
  };
}

/** Asks this very server: its own ranges, and its own word on whatever a session may set. Changes nothing. */
async function assertServerTakes(client: Client, parameters: Parameters): Promise<void> {
  const { rows } = await client.query<PgSetting>(
    'SELECT name, context, vartype, min_val, max_val, enumvals FROM pg_settings WHERE lower(name) = ANY ($1)',
    [Object.keys(parameters)],
  );
  for (const [name, value] of Object.entries(parameters)) {
    const setting = rows.find((row) => row.name.toLowerCase() === name);
    if (setting === undefined || setting.context === 'internal') throw refusal(name, `This server has no parameter ${name}.`);
    if (setting.vartype === 'integer' || setting.vartype === 'real') {
      const problem = findOutside(Number(value), setting.min_val, setting.max_val);
      if (problem !== null) throw refusal(name, `${name} ${problem}`);
    }
    if (setting.context === 'user' || setting.context === 'superuser') await trySetting(client, name, String(value));
  }
}

async function trySetting(client: Client, name: string, value: string): Promise<void> {
  try {
    await inTransaction(client, () => client.query('SELECT set_config($1, $2, true)', [name, value]));
  } catch (error) {
    throw refusal(name, `PostgreSQL does not take this value for ${name}.`, toEngineError(error).detail);
  }
}
