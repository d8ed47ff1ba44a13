import type { DetailedDatastore } from './datastore.ts';
import { type DatastoreName, getDatastore } from './definitions.ts';
import { details } from './registry-details.ts';

export function getDetailedDatastore(name: DatastoreName): DetailedDatastore {
  return { ...getDatastore(name), ...details[name] };
}
