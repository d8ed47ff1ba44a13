import { createEngineOptions } from '../../engine-options.ts';
import type { Dialect } from './dialect.ts';
import type { Settings } from './settings.ts';
import { toSizes } from './sizing.ts';

/** What size and tenant decide, as the server spells it. A parameter taken back comes back to the dialect's default. */
export function toOptions(dialect: Dialect, { size, parameters }: Pick<Settings, 'size' | 'parameters'>): Record<string, string> {
  return {
    ...dialect.defaults,
    ...dialect.toSizeOptions(toSizes(size)),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toOption(value)])),
  };
}

/** Which of them count at once, and which from a start on. */
export function createOptions(dialect: Dialect) {
  return createEngineOptions(dialect.details, (settings) => toOptions(dialect, settings));
}

function toOption(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF';
  return String(value);
}
