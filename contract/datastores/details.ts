import type { DatastoreDetails, DetailedDatastore } from './datastore.ts';
import { type DatastoreName, getDatastore } from './definitions.ts';
import { mariadbDetails } from './mariadb-details.ts';
import { postgresqlDetails } from './postgresql-details.ts';

const details: Readonly<Record<DatastoreName, DatastoreDetails>> = { postgresql: postgresqlDetails, mariadb: mariadbDetails };

export function getDetailedDatastore(name: DatastoreName): DetailedDatastore {
  return { ...getDatastore(name), ...details[name] };
}
