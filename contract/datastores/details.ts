import type { DatastoreDetails, DetailedDatastore } from './datastore.ts';
import { type DatastoreName, getDatastore } from './definitions.ts';
import { mariadbDetails } from './mariadb-details.ts';
import { postgresqlDetails } from './postgresql-details.ts';
import { redisDetails } from './redis-details.ts';

const details: Readonly<Record<DatastoreName, DatastoreDetails>> = {
  postgresql: postgresqlDetails,
  mariadb: mariadbDetails,
  redis: redisDetails,
};

export function getDetailedDatastore(name: DatastoreName): DetailedDatastore {
  return { ...getDatastore(name), ...details[name] };
}
