import { createBackup } from '../../backup/backup.ts';
import type { CreateEngine } from '../../engine.ts';
import { createAccounts } from './accounts.ts';
import { createArchiveSource } from './archive-source.ts';
import { createClientConnections } from './client-connections.ts';
import { createConfiguration } from './configuration.ts';
import { readControlFile } from './control-file.ts';
import { createCopier } from './copier.ts';
import { createExtensions } from './extensions.ts';
import { createGrowthStop } from './growth-stop.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLogSources } from './logs.ts';
import { createLooker } from './look.ts';
import { createOwnership } from './ownership.ts';
import { createPlace } from './place.ts';
import { endPrivate } from './private-server.ts';
import { createProver } from './prover.ts';
import { createReplication } from './replication.ts';
import { createServer } from './server.ts';
import { createUpgrade } from './upgrade.ts';

/** PostgreSQL 15 and newer, driven over its socket and the replication protocol: nothing but `postgres` and `initdb` is needed. */
export const createEngine: CreateEngine<'postgresql'> = (host) => {
  const place = createPlace(host.identity);
  const archiveSource = createArchiveSource(place);
  const bare = createServer(place);
  const server = {
    ...bare,
    stop: () => {
      archiveSource.hangUp();
      return bare.stop();
    },
  };
  const logSources = createLogSources(place);
  const looker = createLooker(place, server, host);
  const copier = createCopier(place);
  const replaced = { data: place.data, besides: [], isRunning: () => server.adopt() !== null, release: endPrivate };
  return {
    adopt: async () => server.adopt(),
    mainProcess: () => server.process(),
    endedCleanly: async () => readControlFile(place)?.state.startsWith('shut-down') ?? true,
    look: looker.look,
    lifecycle: createLifecycle(place, server, copier, host),
    configuration: createConfiguration(place),
    accounts: createAccounts(place),
    ownership: createOwnership(place),
    extensions: createExtensions(place),
    connections: createClientConnections(place),
    replication: createReplication(place, server, host),
    backup: createBackup(host, {
      copier,
      prover: createProver(place),
      replaced,
    }),
    upgrade: createUpgrade(place, server, host, replaced),
    archiveSource,
    setWritable: createGrowthStop(place, host),
    logSources: () => logSources,
    volumeFolders: () => [place.data, place.making, place.replaced],
    close: async () => looker.close(),
  };
};
