import type { Instance } from '#contract/resources/instance.ts';
import { proofSummary } from './proof-row.ts';

/** The one list of columns an Instance is made of: the instance, what its guest last said, and what is known of its backups. */
export const instanceColumns = `
  i.id, i.revision::float8, i."projectId", i.name, i.datastore, i.version, i."flavorId", i."volumeBytes"::float8, i.role, i."sourceId",
  i.host, i.port, i."allowedCidrs", i."firstDatabase", i."firstUser", i."configurationGroupId", i."appliedValues", i."desiredState",
  i."runningStatus", i."backupBytesPerSecond"::float8, i."unsettledRestoreId", i."dataSince",
  i.errored, i."operationId", i."createdAt", i."updatedAt",
  g.facts as guest, g."seenAt" as "agentSeenAt", coalesce(g."heartbeatIntervalMs", 1000) as "heartbeatIntervalMs",
  g."agentVersion", g."protocolVersion", g."clockSkewMs", coalesce(g.silent, false) as silent,
  b."lastBackupAt", b."damagedBackups",
  (select ${proofSummary}
   from backup_proofs p where p."instanceId" = i.id and p.state in ('proved', 'failed') order by p."endedAt" desc limit 1) as "lastProof",
  i."scratchFor"`;
export const instanceTables = `instances i left join guests g on g."instanceId" = i.id
  cross join lateral (
    select max(b."endedAt") filter (where b.state = 'COMPLETED') as "lastBackupAt",
      (count(*) filter (where b.state = 'CORRUPT'))::int as "damagedBackups"
    from backups b where b."instanceId" = i.id) b`;

type Timed = 'createdAt' | 'updatedAt' | 'agentSeenAt' | 'lastBackupAt' | 'dataSince';
export type InstanceRow = Omit<Instance, Timed> & {
  createdAt: Date;
  updatedAt: Date;
  agentSeenAt: Date | null;
  lastBackupAt: Date | null;
  dataSince: Date | null;
  silent: boolean;
  scratchFor: string | null;
};

export function toInstance({ silent: _, scratchFor: __, ...row }: InstanceRow): Instance {
  return {
    ...row,
    agentSeenAt: row.agentSeenAt?.toISOString() ?? null,
    lastBackupAt: row.lastBackupAt?.toISOString() ?? null,
    dataSince: row.dataSince?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
