import { getDatastore } from '#contract/datastores/index.ts';
import type { DatastoreVersion, System } from '#contract/resources/system.ts';
import type { Compute } from '#drivers/compute/compute.ts';
import type { Store } from './store/store.ts';

/** The control plane about itself, from the store and the host. */
export function createSystem(store: Store, compute: Compute, version: string) {
  let before = { atMs: performance.now(), received: 0 };
  let reportsPerSecond = 0;

  /** Reports since the last look, at most once a second; at the first one, since the start. */
  function measureRate(received: number): number {
    const atMs = performance.now();
    if (received < before.received) before = { atMs, received };
    const seconds = (atMs - before.atMs) / 1000;
    if (seconds < 1) return reportsPerSecond;
    reportsPerSecond = (received - before.received) / seconds;
    before = { atMs, received };
    return reportsPerSecond;
  }

  return {
    listVersions: async (): Promise<DatastoreVersion[]> =>
      (await compute.listVersions()).map(({ datastore, version: major, full, origin }) => ({
        datastore,
        version: major,
        full,
        origin,
        capabilities: [...getDatastore(datastore).capabilities],
      })),
    findPrograms: async (datastore: string, version: string): Promise<string | null> =>
      (await compute.listVersions()).find((known) => known.datastore === datastore && known.version === version)?.binFolder ?? null,
    /** This replica's counters by the names machines read them under, with the queue that all replicas share. */
    readFigures: async (counters: Readonly<Record<string, number>>): Promise<Record<string, number>> => {
      const { queue, replicas } = await store.systemFigures.read();
      const sweep = await store.storageSweeps.describe();
      return {
        reportsReceivedTotal: counters.received ?? 0,
        reportsDroppedLateTotal: counters.droppedLate ?? 0,
        reportsDroppedMalformedTotal: counters.droppedMalformed ?? 0,
        beatsWrittenTotal: counters.written ?? 0,
        eventsWrittenTotal: counters.events ?? 0,
        conductorLagMs: counters.lagMs ?? 0,
        operationsQueued: queue.operationsQueued,
        operationsRunning: queue.operationsRunning,
        commandsWaiting: queue.commandsWaiting,
        oldestCommandMs: queue.oldestCommandMs ?? 0,
        replicas: replicas.length,
        storageRemainsRemovedTotal: sweep?.removed ?? 0,
        storageRemainsRemovedBytesTotal: sweep?.removedBytes ?? 0,
        storageSweepFailuresTotal: sweep?.failures ?? 0,
        storageRemainsLeftAlone: sweep?.leftAlone ?? 0,
        storageUnknownBackups: sweep?.unknown ?? 0,
      };
    },
    describeSystem: async (): Promise<System> => {
      const { counters, ...figures } = await store.systemFigures.read();
      const versions = await compute.listVersions();
      return {
        version,
        ...figures,
        conductor: {
          reportsPerSecond: measureRate(counters.received ?? 0),
          lagMs: counters.lagMs ?? 0,
          written: counters.written ?? 0,
          droppedLate: counters.droppedLate ?? 0,
          droppedMalformed: counters.droppedMalformed ?? 0,
        },
        storageSweep: await store.storageSweeps.describe(),
        isolation: compute.isolation,
        enforcement: compute.enforcement,
        datastores: versions.map(({ binFolder: _, ...known }) => known),
      };
    },
  };
}
