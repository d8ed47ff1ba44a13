import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { refuseParameters } from '#contract/datastores/parameter.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Refuses what the datastore's definition does not know or allow; needs no server. */
export function assertParameters(datastore: DatastoreName, parameters: EngineSettings['parameters']): void {
  const refused = refuseParameters(getDetailedDatastore(datastore), parameters);
  if (refused !== null) throw refusal(refused.key, `${refused.key}: ${refused.sentence}`);
}

/** A parameter that is not taken, with the engine's own words where it has any. */
export function refusal(name: string, sentence: string, detail?: string): GuestboardError {
  return new GuestboardError('invalid-input', sentence, { field: name, detail });
}

/** How a value lies outside a server's own range, to follow the parameter's name in a sentence; null when it does not. Bounds as the server writes them. */
export function findOutside(value: number, min: string | null, max: string | null): string | null {
  if (min !== null && value < Number(min)) return `is at least ${min}.`;
  if (max !== null && value > Number(max)) return `is at most ${max}.`;
  return null;
}
