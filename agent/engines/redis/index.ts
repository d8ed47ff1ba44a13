import { createBackup } from '../../backup/backup.ts';
import type { CreateEngine } from '../../engine.ts';
import { createAccounts } from './accounts.ts';
import { createArchiveSource } from './archive-source.ts';
import { createClientConnections } from './client-connections.ts';
import { createConfiguration } from './configuration.ts';
import type { Seat } from './connections.ts';
import { createCopier } from './copier.ts';
import { createGrowthStop } from './growth-stop.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLogSources } from './logs.ts';
import { createLooker } from './look.ts';
import { toOptions } from './options.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';
import { createReplication } from './replication.ts';
import { createScriptWatch } from './running-script.ts';
import { createServer, endedCleanly } from './server.ts';
import { getSettings } from './settings.ts';
import { createUpgrade, endReaders } from './upgrade.ts';

/** Redis 7, and Valkey by the same words, driven over its own socket: nothing but the server's one program is needed. */
export const createEngine: CreateEngine<'redis'> = (host) => {
  const place = createPlace(host.identity);
  const seat: Seat = { client: null };
  const server = createServer(place);
  const logSources = createLogSources(place, async () => toOptions(await getSettings(place)));
  const scripts = createScriptWatch(host);
  const looker = createLooker(place, seat, server, host, scripts);
  const copier = createCopier(place, seat);
  const replaced = {
    data: place.data,
    besides: [place.accountsFile, place.aclFile],
    isRunning: () => server.adopt() !== null,
    release: endReaders,
  };
  return {
    adopt: async () => server.adopt(),
    mainProcess: () => server.process(),
    endedCleanly: async () => endedCleanly(place),
    look: looker.look,
    lifecycle: createLifecycle(place, seat, server, copier, host),
    configuration: createConfiguration(place, seat),
    accounts: createAccounts(place, seat),
    connections: createClientConnections(place, seat, scripts),
    replication: createReplication(place, seat, server, host),
    backup: createBackup(host, { copier, prover: createProver(place, seat), replaced }),
    upgrade: createUpgrade(place, server, host, replaced),
    archiveSource: createArchiveSource(place, host.now),
    setWritable: createGrowthStop(place, seat),
    logSources: () => logSources,
    volumeFolders: () => [place.data, place.making, place.kept],
    close: async () => looker.close(),
  };
};
