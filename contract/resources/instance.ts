import * as z from 'zod';
import { BackupBytesPerSecond } from '../backup-pace.ts';
import { DatastoreName } from '../datastores/index.ts';
import { FlavorId } from '../flavors.ts';
import { Cidr, Id, Name, Timestamp } from '../names.ts';
import { DesiredState, GuestFacts, InstanceStatus, Role } from '../status.ts';
import { ProofSummary } from './backup-proof.ts';
import { ParameterValue } from './configuration-group.ts';

export { toStatusFacts } from '../health.ts';

/** One managed database server as its owner sees it. Times are ISO strings; sizes are bytes. */
export const Instance = z.object({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  name: Name,
  datastore: DatastoreName,
  /** Major version as the host names it ("15", "18"). */
  version: z.string(),
  flavorId: FlavorId,
  volumeBytes: z.number().int(),
  role: Role,
  /** The instance this one copies from, or null. */
  sourceId: Id.nullable(),
  host: z.string(),
  port: z.number().int().nullable(),
  allowedCidrs: z.array(Cidr),
  /** First database and user made for the tenant, for the connection card. */
  firstDatabase: z.string().nullable(),
  firstUser: z.string().nullable(),
  configurationGroupId: Id.nullable(),
  /** The values of its group as they were last applied to it; null where none was, or before that was written down. */
  appliedValues: z.record(z.string(), ParameterValue).nullable(),
  desiredState: DesiredState,
  runningStatus: InstanceStatus.nullable(),
  errored: z.boolean(),
  /** The operation that holds the instance now, or null. */
  operationId: Id.nullable(),
  guest: GuestFacts.nullable(),
  agentSeenAt: Timestamp.nullable(),
  heartbeatIntervalMs: z.number().int(),
  agentVersion: z.string().nullable(),
  protocolVersion: z.number().int().nullable(),
  /** Agent clock minus control-plane clock, in milliseconds, when last heard. */
  clockSkewMs: z.number().nullable(),
  /** A restore in place of which the old and the new data both lie there, for a person to settle. */
  unsettledRestoreId: Id.nullable(),
  /** When a restore in place last replaced the data: what was backed up before is no parent of an incremental backup. */
  dataSince: Timestamp.nullable(),
  /** How fast it may be read for backups; null is as fast as it goes. */
  backupBytesPerSecond: BackupBytesPerSecond.nullable(),
  lastBackupAt: Timestamp.nullable(),
  /** How many of its backups were found damaged, or are missing in their storage. */
  damagedBackups: z.number().int(),
  /** The newest proof of one of its backups that came to a result. */
  lastProof: ProofSummary.nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Instance = z.infer<typeof Instance>;
