import type { Capability, DatastoreDefinition } from './datastore.ts';
import { mariadb } from './mariadb.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';

/** Every engine this product can run. The key is the name stored, sent and shown in URLs. */
export const datastores = { postgresql, mariadb, redis } as const satisfies Record<string, DatastoreDefinition>;

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
