import type { DatastoreDefinition } from './datastore.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';

/** Every engine this product can run. The key is the name stored, sent and shown in URLs. */
export const datastores = { postgresql, mariadb, mysql, redis } as const satisfies Record<string, DatastoreDefinition>;
