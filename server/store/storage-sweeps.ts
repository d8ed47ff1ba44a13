import { StorageAddress } from '#contract/guest/storage-address.ts';
import type { BackupState } from '#contract/resources/backup.ts';
import type { StorageSweep } from '#contract/resources/system.ts';
import type { Database } from './database.ts';

export type StorageSweeps = ReturnType<typeof openStorageSweeps>;
/** Where backups of a project may lie; of no target, in its local directory. */
export type StoragePlace = { projectId: string; storageTargetId: string | null; name: string; address: StorageAddress };
export type SweptBackup = {
  projectId: string;
  instanceId: string | null;
  /** Where it should lie. */
  storageTargetId: string | null;
  name: string;
  state: BackupState;
  endedAtMs: number | null;
  /** Its operation, or a guest that was asked for it and still exists, has not ended yet. */
  isBusy: boolean;
};
/** By place, instances of which backups lie there that the catalogue does not know; null where nobody could look since it was recovered. */
export type UnknownOf = Record<string, readonly string[] | null>;
type Found = {
  unknownOf: UnknownOf;
  atMs: number;
  removed: number;
  removedBytes: number;
  leftAlone: number;
  unknown: number;
  faults: StorageSweep['faults'];
};

/** The one row about the sweeping of storages, and what a sweep must know. */
export function openStorageSweeps({ pool, prisma }: Database) {
  return {
    /** Takes the run that is due, for one server of several; false where none is. */
    claimDue: async (nowMs: number, everyMs: number): Promise<boolean> => {
      await prisma.storageSweep.createMany({ data: { id: 1 }, skipDuplicates: true });
      const due = { id: 1, nextRunAt: { lte: new Date(nowMs) } };
      const { count } = await prisma.storageSweep.updateMany({ where: due, data: { nextRunAt: new Date(nowMs + everyMs) } });
      return count === 1;
    },
    note: async ({ atMs, removed, removedBytes, leftAlone, unknown, faults, unknownOf }: Found): Promise<void> => {
      const counted = {
        removed: { increment: removed },
        removedBytes: { increment: removedBytes },
        failures: { increment: faults.length },
      };
      const newest = removed === 0 ? {} : { removedAt: new Date(atMs) };
      await prisma.storageSweep.update({
        where: { id: 1 },
        data: { ranAt: new Date(atMs), ...counted, ...newest, leftAlone, unknown, faults, unknownOf },
      });
    },
    /** Null since the control plane was recovered, until a sweep has looked. */
    findUnknownOf: async (): Promise<UnknownOf | null> => {
      const row = await prisma.storageSweep.findUnique({ where: { id: 1 }, select: { unknownOf: true } });
      return row === null ? {} : (row.unknownOf as UnknownOf | null);
    },
    /** Null before the first run. */
    describe: async (): Promise<StorageSweep | null> => {
      const row = await prisma.storageSweep.findUnique({ where: { id: 1 } });
      if (row === null || row.ranAt === null) return null;
      return {
        ranAt: row.ranAt.toISOString(),
        removed: Number(row.removed),
        removedBytes: Number(row.removedBytes),
        removedAt: row.removedAt?.toISOString() ?? null,
        leftAlone: row.leftAlone,
        unknown: row.unknown,
        heldUntil: row.unknownOf === null ? row.nextRunAt.toISOString() : null,
        failures: Number(row.failures),
        faults: row.faults as StorageSweep['faults'],
      };
    },
    listPlaces: async (): Promise<StoragePlace[]> => {
      const [projects, targets] = await Promise.all([prisma.organization.findMany(), prisma.storageTarget.findMany()]);
      return [
        ...projects.map(({ id, slug }) => ({
          projectId: id,
          storageTargetId: null,
          name: `local directory of ${slug}`,
          address: { kind: 'local-directory' as const },
        })),
        ...targets.map(({ id, projectId, name, address }) => ({
          projectId,
          storageTargetId: id,
          name,
          address: StorageAddress.parse(address),
        })),
      ];
    },
    /** In whichever project. */
    findBackup: async (id: string): Promise<SweptBackup | null> => {
      const { rows } = await pool.query<SweptBackup>(
        `select "projectId", "instanceId", "storageTargetId", name, state, (extract(epoch from "endedAt") * 1000)::float8 as "endedAtMs",
           exists (select from operations o where o.id = b."operationId" and o.state in ('queued', 'running', 'cancelling'))
           or exists (select from commands c join instances i on i.id = c."instanceId" and i."deletedAt" is null
             where i.id = b."instanceId" and c.name = 'backup.create' and c.state in ('queued', 'sent', 'accepted', 'unknown')) as "isBusy"
         from backups b where id = $1`,
        [id],
      );
      return rows[0] ?? null;
    },
    /** Those of them that are instances of the project, also deleted ones. */
    listInstances: async (projectId: string, ids: readonly string[]): Promise<string[]> =>
      (await prisma.instance.findMany({ where: { projectId, id: { in: [...ids] } }, select: { id: true } })).map(({ id }) => id),
    /** Whether backups or pieces of archives should lie there. */
    holdsSomething: async ({ projectId, storageTargetId }: StoragePlace): Promise<boolean> => {
      const [backup, span] = await Promise.all([
        prisma.backup.findFirst({ where: { projectId, storageTargetId, state: 'COMPLETED' }, select: { id: true } }),
        prisma.archiveSpan.findFirst({ where: { projectId, storageTargetId, storedBytes: { gt: 0 } }, select: { id: true } }),
      ]);
      return backup !== null || span !== null;
    },
    /** Where pieces of the project's archives lie in this place. */
    listArchiveFolders: async ({ projectId, storageTargetId }: StoragePlace): Promise<string[]> => {
      const spans = await prisma.archiveSpan.findMany({ where: { projectId, storageTargetId }, select: { id: true, instanceId: true } });
      return spans.map(({ id, instanceId }) => `archive/${instanceId}/${id}/`);
    },
  };
}
