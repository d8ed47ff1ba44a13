import { defaultFlavorId, defaultVolumeBytes } from '#contract/flavors.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { Database, Tx } from './database.ts';
import type { Instances } from './instances.ts';

export type ScratchGuests = ReturnType<typeof openScratchGuests>;

/**
 * Guests that belong to one operation, under its id: in no list, reached by nobody. The operation removes its own; what it could not is
 * found here.
 */
export function openScratchGuests(database: Database, instances: Instances) {
  const { prisma, pool } = database;
  return {
    /** Of the size of the instance the backup came from, also when that is gone; once. */
    ensure: async (tx: Tx, operationId: string, backup: Backup, host: string): Promise<void> => {
      if ((await tx.instance.count({ where: { id: operationId } })) > 0) return;
      const origin = backup.instanceId === null ? null : await tx.instance.findUnique({ where: { id: backup.instanceId } });
      await instances.insert(tx, {
        id: operationId,
        projectId: backup.projectId,
        name: `scratch-${operationId.slice(0, 13)}`,
        datastore: backup.datastore,
        version: backup.version,
        flavorId: origin?.flavorId ?? defaultFlavorId,
        volumeBytes: BigInt(Math.max(backup.volumeBytes ?? defaultVolumeBytes, Math.ceil((backup.sourceBytes ?? 0) * 1.5))),
        host,
        allowedCidrs: [],
        operationId,
        scratchFor: operationId,
      });
    },
    /** Those of this host whose operation has ended or is gone: nobody else will remove them. */
    listAbandoned: async (host: string): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>(
        `select i.id from instances i where i."deletedAt" is null and i."scratchFor" is not null and i.host = $1 and not exists (
           select from operations o where o.id = i."scratchFor" and o.state in ('queued', 'running', 'cancelling'))`,
        [host],
      );
      return rows.map(({ id }) => id);
    },
    /** Rows of those that are long gone: nothing names them. */
    prune: async (): Promise<void> => {
      await prisma.instance.deleteMany({ where: { scratchFor: { not: null }, deletedAt: { lt: new Date(Date.now() - 3_600_000) } } });
    },
  };
}
