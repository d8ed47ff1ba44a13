import { createBackup } from '../../backup/backup.ts';
import { restoreBackup } from '../../backup/restore.ts';
import type { CreateEngine } from '../../engine.ts';
import { createArchiveSource } from './archive-source.ts';
import { createCopier, endLeftovers } from './copier.ts';
import { createCopyServer } from './copy-server.ts';
import { copySource } from './copy-source.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';
import { recoverTo } from './recovery.ts';
import { createReplication } from './replication.ts';
import { createServed } from './served.ts';
import { createServer } from './server.ts';
import { createUpgrade } from './upgrade.ts';

/** MariaDB 10.11 and later, driven over its own socket as the guest's system account: nothing but `mariadbd` and its installer is needed. */
export const createEngine: CreateEngine<'mariadb'> = (host) => {
  const place = createPlace(host.identity);
  const server = createServer(place);
  const copier = createCopier(place);
  const copyServer = createCopyServer(place, createCopier({ ...place, copying: place.giving }), host.pace);
  const served = createServed(place, server, host, async (data, folder, context) => {
    if (data.kind === 'replica') return { source: await copySource(place, data.source, folder, context) };
    await restoreBackup({ identity: host.identity, copier }, data, folder, context);
    if (data.kind === 'point-in-time') await recoverTo(place, host, data, folder, context);
    return {};
  });
  const replaced = {
    data: place.data,
    besides: [],
    isRunning: () => server.adopt() !== null,
    release: (folder: string) => endLeftovers(place, folder),
  };
  return {
    ...served,
    replication: createReplication(place, server, copyServer, host),
    backup: createBackup(host, { copier, prover: createProver(place), replaced }),
    upgrade: createUpgrade(place, server, host, replaced),
    archiveSource: createArchiveSource(place, host.now),
    close: async () => {
      await served.close();
      copyServer.close();
    },
  };
};
