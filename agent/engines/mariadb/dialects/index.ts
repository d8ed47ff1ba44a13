import { GuestboardError } from '#contract/errors.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { Dialect } from '../dialect.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';

/** Which of them this guest's server speaks. */
export function getDialect({ datastore }: Pick<GuestIdentity, 'datastore'>): Dialect {
  const found = [mariadb, mysql].find((dialect) => dialect.datastore === datastore);
  if (found === undefined) throw new GuestboardError('invalid-input', `This engine does not drive ${datastore}.`);
  return found;
}
