import type { DatastoreName } from '#contract/datastores/index.ts';
import type { CreateEngine } from '../engine.ts';

/** Where each datastore's engine is; an agent loads only its own. */
export const engines: { [D in DatastoreName]: () => Promise<{ createEngine: CreateEngine<D> }> } = {
  mariadb: () => import('./mariadb/index.ts'),
  mysql: () => import('./mariadb/mysql.ts'),
  postgresql: () => import('./postgresql/index.ts'),
  redis: () => import('./redis/index.ts'),
};
