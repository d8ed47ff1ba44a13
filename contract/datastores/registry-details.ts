import type { DatastoreDetails } from './datastore.ts';
import { mariadbDetails } from './mariadb-details.ts';
import { mysqlDetails } from './mysql-details.ts';
import { postgresqlDetails } from './postgresql-details.ts';
import { redisDetails } from './redis-details.ts';
import type { datastores } from './registry.ts';

/** The rest of each definition, for the pages that set parameters or connect. */
export const details: Readonly<Record<keyof typeof datastores, DatastoreDetails>> = {
  postgresql: postgresqlDetails,
  mariadb: mariadbDetails,
  mysql: mysqlDetails,
  redis: redisDetails,
};
