import type { ParameterDefinition } from '#contract/datastores/datastore.ts';
import { postgresqlDetails } from '#contract/datastores/postgresql-details.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
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
const definitions: Readonly<Record<string, ParameterDefinition>> = postgresqlDetails.parameters;

export function createConfiguration(place: Place): Answers<'configuration'> {
  return {
    apply: async ({ parameters }, { signal }) => {
      assertParameters(parameters);
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

/** Refuses what the datastore's definition does not know or allow; needs no server. */
export function assertParameters(parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (definition === undefined) throw refuse(name, `${name} is not a parameter that can be set here.`);
    const problem = findProblem(definition, value);
    if (problem !== null) throw refuse(name, `${name} ${problem}`);
  }
}

function findProblem({ type, min, max, values }: ParameterDefinition, value: string | number | boolean): string | null {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' || /^(on|off|true|false)$/.test(String(value)) ? null : 'is on or off.';
    case 'enum':
      return values?.includes(String(value)) ? null : `is one of ${values?.join(', ')}.`;
    case 'string':
      return typeof value === 'string' && /^[^\0\n\r]{0,200}$/.test(value) ? null : 'is one line of at most 200 characters.';
    case 'integer':
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return 'is a number.';
      if (type === 'integer' && !Number.isInteger(number)) return 'is a whole number.';
      return inRange(number, min, max);
    }
  }
}

/** Asks this very server: its own ranges, and its own word on whatever a session may set. Changes nothing. */
async function assertServerTakes(client: Client, parameters: Parameters): Promise<void> {
  const { rows } = await client.query<PgSetting>(
    'SELECT name, context, vartype, min_val, max_val, enumvals FROM pg_settings WHERE lower(name) = ANY ($1)',
    [Object.keys(parameters)],
  );
  for (const [name, value] of Object.entries(parameters)) {
    const setting = rows.find((row) => row.name.toLowerCase() === name);
    if (setting === undefined || setting.context === 'internal') throw refuse(name, `This server has no parameter ${name}.`);
    if (setting.vartype === 'integer' || setting.vartype === 'real') {
      const problem = inRange(Number(value), toNumber(setting.min_val), toNumber(setting.max_val));
      if (problem !== null) throw refuse(name, `${name} ${problem}`);
    }
    if (setting.context === 'user' || setting.context === 'superuser') await trySetting(client, name, String(value));
  }
}

async function trySetting(client: Client, name: string, value: string): Promise<void> {
  try {
    await inTransaction(client, () => client.query('SELECT set_config($1, $2, true)', [name, value]));
  } catch (error) {
    throw refuse(name, `PostgreSQL does not take this value for ${name}.`, toEngineError(error).detail);
  }
}

function inRange(value: number, min: number | undefined, max: number | undefined): string | null {
  if (min !== undefined && value < min) return `is at least ${min}.`;
  if (max !== undefined && value > max) return `is at most ${max}.`;
  return null;
}

function toNumber(text: string | null): number | undefined {
  return text === null ? undefined : Number(text);
}

function refuse(name: string, sentence: string, detail?: string): GuestboardError {
  return new GuestboardError('invalid-input', sentence, { field: name, detail });
}
