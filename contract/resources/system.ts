import * as z from 'zod';
import { DatastoreName } from '../datastores/index.ts';

/** What backups that came to nothing left in storages, and was removed. `removed` and `failures` are since ever, the rest is of the last sweep. */
export const StorageSweep = z.object({
  ranAt: z.string(),
  removed: z.number().int(),
  removedBytes: z.number(),
  removedAt: z.string().nullable(),
  failures: z.number().int(),
  /**
   * Parts without a manifest, and spans of archives, that no catalogue of ours knows and that say of nobody to be his, are too young, or may
   * still be written or needed: not ours to remove.
   */
  leftAlone: z.number().int(),
  /** Whole backups that the catalogue does not know. */
  unknown: z.number().int(),
  /** Brought back from a save, and until then nothing is removed from any storage; null at other times. */
  heldUntil: z.string().nullable(),
  faults: z.array(z.object({ place: z.string(), sentence: z.string() })),
});
export type StorageSweep = z.infer<typeof StorageSweep>;

/** The control plane about itself. */
export const System = z.object({
  version: z.string(),
  replicas: z.array(z.object({ id: z.string(), startedAt: z.string(), beatAt: z.string(), agents: z.number().int() })),
  queue: z.object({
    operationsQueued: z.number().int(),
    operationsRunning: z.number().int(),
    commandsWaiting: z.number().int(),
    oldestCommandMs: z.number().nullable(),
  }),
  conductor: z.object({
    reportsPerSecond: z.number(),
    lagMs: z.number(),
    written: z.number().int(),
    droppedLate: z.number().int(),
    droppedMalformed: z.number().int(),
  }),
  agents: z.array(z.object({ version: z.string(), protocolVersion: z.number().int(), count: z.number().int() })),
  clockSkews: z.array(z.object({ instanceId: z.string(), instanceName: z.string(), skewMs: z.number() })),
  /** Null before the first. */
  storageSweep: StorageSweep.nullable(),
  isolation: z.object({ accounts: z.boolean(), sentence: z.string() }),
  enforcement: z.object({ memory: z.enum(['enforced', 'advisory']), cpu: z.enum(['enforced', 'advisory']) }),
  datastores: z.array(z.object({ datastore: z.string(), version: z.string(), full: z.string(), origin: z.string() })),
});
export type System = z.infer<typeof System>;

/** A datastore version the host really has. `origin` says where it comes from ("Debian", "npm"). */
export const DatastoreVersion = z.object({
  datastore: DatastoreName,
  version: z.string(),
  full: z.string(),
  origin: z.string(),
  capabilities: z.array(z.string()),
});
export type DatastoreVersion = z.infer<typeof DatastoreVersion>;
