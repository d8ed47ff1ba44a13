import type { ParameterDefinition } from '#contract/datastores/datastore.ts';
import { mariadbDetails } from '#contract/datastores/mariadb-details.ts';
import type { Settings } from './settings.ts';
import { sizeOptions } from './sizing.ts';

export const definitions: Readonly<Record<string, ParameterDefinition>> = mariadbDetails.parameters;

/** What size and tenant decide, as the server spells it. */
export function toOptions({ size, parameters }: Pick<Settings, 'size' | 'parameters'>): Record<string, string> {
  return {
    ...defaults,
    ...sizeOptions(size),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toOption(value)])),
  };
}

/** Ours where the server's own would be another or is worth saying: a parameter taken back comes back to these. */
const defaults = { slow_query_log: 'ON', performance_schema: 'OFF', event_scheduler: 'OFF' };

/** Of these what a running server takes at once; everything else counts from the next start. */
export function liveOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return pick(options, (name) => definitions[name]?.needsRestart === false);
}

export function startOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return pick(options, (name) => definitions[name]?.needsRestart !== false);
}

/** Whether the server runs with other options than a start would give it now. */
export function isRestartRequired(settings: Settings): boolean {
  const wanted = startOptions(toOptions(settings));
  const names = new Set([...Object.keys(wanted), ...Object.keys(settings.startedWith)]);
  return [...names].some((name) => wanted[name] !== settings.startedWith[name]);
}

function toOption(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF';
  return String(value);
}

function pick(options: Readonly<Record<string, string>>, isWanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => isWanted(name)));
}
