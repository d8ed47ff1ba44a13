import { GuestboardError } from '#contract/errors.ts';
import type { CreateEngine } from '../../engine.ts';
import { createPlace } from './place.ts';
import { createServed } from './served.ts';
import { createServer } from './server.ts';

/** MySQL, by MariaDB's engine: nothing but `mysqld` is needed. MariaDB's copies, binary logs and replicas are other than its own. */
export const createEngine: CreateEngine<'mysql'> = (host) => {
  const place = createPlace(host.identity);
  return createServed(place, createServer(place), host, async () => {
    throw new GuestboardError('refused', 'A MySQL begins empty: neither backups nor replicas of it are made here.');
  });
};
