import type { EngineHost, EngineWith } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { createAccounts } from './accounts.ts';
import { createClientConnections } from './client-connections.ts';
import { createConfiguration } from './configuration.ts';
import { createGrowthStop } from './growth-stop.ts';
import { createLifecycle, type Fill } from './lifecycle.ts';
import { createLogSources } from './logs.ts';
import { createLooker } from './look.ts';
import { toOptions } from './options.ts';
import type { Place } from './place.ts';
import { endedCleanly } from './server.ts';
import { getSettings } from './settings.ts';

type Served = EngineWith<'configuration' | 'accounts' | 'connections' | 'logs'>;

/** What every server of this family does, whichever dialect it speaks. */
export function createServed(place: Place, server: Server, host: EngineHost, fill: Fill): Served {
  const logSources = createLogSources(place, async () => toOptions(place.dialect, await getSettings(place)));
  const looker = createLooker(place, server, host);
  return {
    adopt: async () => server.adopt(),
    mainProcess: () => server.process(),
    endedCleanly: async () => endedCleanly(place),
    look: looker.look,
    lifecycle: createLifecycle(place, server, host, fill),
    configuration: createConfiguration(place),
    accounts: createAccounts(place),
    connections: createClientConnections(place, server),
    setWritable: createGrowthStop(place, host),
    logSources: () => logSources,
    volumeFolders: () => [place.data, place.making, place.replaced, place.tmp],
    close: async () => looker.close(),
  };
}
