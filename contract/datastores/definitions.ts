import type { DatastoreDefinition } from './datastore.ts';
import { postgresql } from './postgresql.ts';

/** Every engine this product can run. The key is the name stored, sent and shown in URLs. */
export const datastores = { postgresql } as const satisfies Record<string, DatastoreDefinition>;

export type DatastoreName = keyof typeof datastores;

export function getDatastore(name: DatastoreName): DatastoreDefinition {
  return datastores[name];
}
