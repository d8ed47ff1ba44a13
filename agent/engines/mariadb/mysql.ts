import { GuestboardError } from '#contract/errors.ts';
import { createBackup } from '../../backup/backup.ts';
import { restoreBackup } from '../../backup/restore.ts';
import type { CreateEngine } from '../../engine.ts';
import { createCloneCopier } from './clone-copier.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';
import { createServed } from './served.ts';
import { createServer } from './server.ts';

/** MySQL, by MariaDB's engine: nothing but `mysqld` is needed. Its copies are its own; its binary log and replicas are not driven. */
export const createEngine: CreateEngine<'mysql'> = (host) => {
  const place = createPlace(host.identity);
  const server = createServer(place);
  const copier = createCloneCopier(place, () => server.adopt() !== null);
  const served = createServed(place, server, host, async (data, folder, context) => {
    if (data.kind !== 'backup')
      throw new GuestboardError('refused', 'MySQL is made empty or from a backup here: it has no replicas and no archive.');
    await restoreBackup({ identity: host.identity, copier }, data, folder, context);
    return {};
  });
  return {
    ...served,
    backup: createBackup(host, {
      copier,
      prover: createProver(place),
      replaced: { data: place.data, besides: [], isRunning: () => server.adopt() !== null },
    }),
  };
};
