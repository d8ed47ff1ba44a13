import { mariadbDetails } from '#contract/datastores/mariadb-details.ts';
import { createEngineOptions } from '../../engine-options.ts';
import type { Settings } from './settings.ts';
import { sizeOptions } from './sizing.ts';

/** What size and tenant decide, as the server spells it. */
export function toOptions({ size, parameters }: Pick<Settings, 'size' | 'parameters'>): Record<string, string> {
  return {
    ...defaults,
    ...sizeOptions(size),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toOption(value)])),
  };
}

export const { liveOptions, startOptions, isRestartRequired } = createEngineOptions(mariadbDetails, toOptions);

/** Ours where the server's own would be another or is worth saying: a parameter taken back comes back to these. */
const defaults = { slow_query_log: 'ON', general_log: 'OFF', performance_schema: 'OFF', event_scheduler: 'OFF' };

function toOption(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF';
  return String(value);
}
