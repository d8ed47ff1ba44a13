import { createBackup } from '../../backup/backup.ts';
import type { CreateEngine } from '../../engine.ts';
import { createAccounts } from './accounts.ts';
import { createArchiveSource } from './archive-source.ts';
import { createClientConnections } from './client-connections.ts';
import { createConfiguration } from './configuration.ts';
import { createCopier } from './copier.ts';
import { createCopyServer } from './copy-server.ts';
import { createGrowthStop } from './growth-stop.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLogSources } from './logs.ts';
import { createLooker } from './look.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';
import { createReplication } from './replication.ts';
import { createServer, endedCleanly } from './server.ts';

/** MariaDB 10.11, driven over its own socket as the guest's system account: nothing but `mariadbd` and its installer is needed. */
export const createEngine: CreateEngine<'mariadb'> = (host) => {
  const place = createPlace(host.identity);
  const server = createServer(place);
  const logSources = createLogSources(place);
  const looker = createLooker(place, server, host);
  const copier = createCopier(place);
  const copyServer = createCopyServer(place, createCopier({ ...place, copying: place.giving }), host.pace);
  return {
    adopt: async () => server.adopt(),
    mainProcess: () => server.process(),
    endedCleanly: async () => endedCleanly(place),
    look: looker.look,
    lifecycle: createLifecycle(place, server, copier, host),
    configuration: createConfiguration(place),
    accounts: createAccounts(place),
    connections: createClientConnections(place, server),
    replication: createReplication(place, server, copyServer, host),
    backup: createBackup(host, {
      copier,
      prover: createProver(place),
      replaced: { data: place.data, besides: [], isRunning: () => server.adopt() !== null },
    }),
    archiveSource: createArchiveSource(place, host.now),
    setWritable: createGrowthStop(place),
    logSources: () => logSources,
    volumeFolders: () => [place.data, place.making, place.replaced, place.tmp],
    close: async () => {
      looker.close();
      copyServer.close();
    },
  };
};
