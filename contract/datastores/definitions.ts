import type { Capability, DatastoreDefinition } from './datastore.ts';
import { datastores } from './registry.ts';

export { datastores } from './registry.ts';

export type DatastoreName = keyof typeof datastores;

/** What a new instance is unless somebody chooses, where the host has it. */
export const defaultDatastore: DatastoreName = 'postgresql';

export function getDatastore(name: DatastoreName): DatastoreDefinition {
  return datastores[name];
}

/** Whether databases have names of a person's choosing here, rather than being numbered and always there. */
export function hasNamedDatabases(name: DatastoreName): boolean {
  return getDatastore(name).numberedDatabases !== true;
}

export function hasCapability(name: DatastoreName, capability: Capability): boolean {
  return getDatastore(name).capabilities.includes(capability);
}
