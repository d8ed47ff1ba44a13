import { GuestboardError } from '#contract/errors.ts';
import { StorageAddress } from '#contract/guest/storage-address.ts';
import {
  type ChangedTargetAddress,
  type LocalStorage,
  type NewTargetAddress,
  type StorageTarget,
  TargetAddress,
} from '#contract/resources/storage-target.ts';
import { sayTaken } from '#contract/taken-name.ts';
import type { Changes } from './changes.ts';
import { type Database, isDuplicate, type Tx } from './database.ts';
import { Prisma, type StorageTarget as TargetRow } from './generated/client.ts';
import { type Scope, whereProject } from './scope.ts';
import type { Secrets } from './secrets.ts';

export type StorageTargets = ReturnType<typeof openStorageTargets>;
/** What came to nothing holds no place: its list entry outlives the storage, even where that cannot be asked to remove it. */
const holdsNothing: Prisma.BackupWhereInput = {
  OR: [{ state: { in: ['FAILED', 'CANCELLED'] } }, { state: 'DELETE_FAILED', manifest: { equals: Prisma.DbNull } }],
};
type NewStorageTarget = Pick<StorageTarget, 'id' | 'projectId' | 'name'> & { address: NewTargetAddress };

/** Places for a project's backups besides the local directory. Addresses are answered without their secret, or with a reference to it. */
export function openStorageTargets(database: Database, changes: Changes, secrets: Secrets) {
  const { prisma } = database;

  async function list(where: Prisma.StorageTargetWhereInput): Promise<StorageTarget[]> {
    const rows = await prisma.storageTarget.findMany({ where, orderBy: { name: 'asc' } });
    const use = await prisma.backup.groupBy({
      by: ['storageTargetId'],
      where: { storageTargetId: { in: rows.map((row) => row.id) }, NOT: holdsNothing },
      _count: true,
      _sum: { sizeBytes: true },
    });
    return rows.map((row) => {
      const used = use.find((entry) => entry.storageTargetId === row.id);
      return toTarget(row, { backupCount: used?._count ?? 0, usedBytes: Number(used?._sum.sizeBytes ?? 0) });
    });
  }

  async function announce(tx: Tx, ...rows: Pick<TargetRow, 'id' | 'projectId' | 'revision'>[]): Promise<void> {
    await changes.announce(
      tx,
      ...rows.map(({ id, projectId, revision }) => ({
        projectId,
        kind: 'storage-target' as const,
        resource: id,
        revision: Number(revision),
      })),
    );
  }

  const refuseDuplicate = (name: string) => (error: unknown) => {
    if (!isDuplicate(error)) throw error;
    throw new GuestboardError('name-taken', sayTaken('a storage target', name), { field: 'name' });
  };

  const findAddress = async (id: string): Promise<StorageAddress | null> => {
    const row = await prisma.storageTarget.findUnique({ where: { id } });
    return row && StorageAddress.parse(row.address);
  };

  return {
    list: (scope: Scope) => list(whereProject(scope)),
    find: async (scope: Scope, id: string) => (await list({ id, ...whereProject(scope) }))[0] ?? null,
    findForControlPlane: async (id: string) => (await list({ id }))[0] ?? null,
    /** With the secret as a reference, which is opened only on its way to the storage. */
    findAddress,
    /** The one marked, with its address; null means the local directory. */
    findDefault: async (projectId: string): Promise<{ id: string; address: StorageAddress } | null> => {
      const row = await prisma.storageTarget.findFirst({ where: { projectId, isDefault: true } });
      return row && { id: row.id, address: StorageAddress.parse(row.address) };
    },
    measureLocal: async (scope: Scope): Promise<LocalStorage> => {
      const where = { ...whereProject(scope), storageTargetId: null, NOT: holdsNothing };
      const { _count, _sum } = await prisma.backup.aggregate({ where, _count: true, _sum: { sizeBytes: true } });
      return { backupCount: _count, usedBytes: Number(_sum.sizeBytes ?? 0) };
    },
    /** Throws `name-taken`. */
    insert: async (tx: Tx, { address, ...target }: NewStorageTarget): Promise<void> => {
      const sealed = await secrets.sealPasswords(tx, target.projectId, address);
      const row = await tx.storageTarget.create({ data: { ...target, address: sealed } }).catch(refuseDuplicate(target.name));
      await announce(tx, row);
    },
    /** An address without a password keeps the secret; one with a new password forgets the old one. Throws `name-taken`. */
    change: async (tx: Tx, id: string, { name, address }: { name?: string | undefined; address?: ChangedTargetAddress | undefined }) => {
      const before = await tx.storageTarget.findUniqueOrThrow({ where: { id } });
      const { password: kept } = before.address as { password: { secretId: string } };
      const sealed = address && (await secrets.sealPasswords(tx, before.projectId, { ...address, password: address.password ?? kept }));
      const data = {
        ...(name === undefined ? {} : { name }),
        ...(sealed === undefined ? {} : { address: sealed as Prisma.InputJsonValue }),
      };
      const row = await tx.storageTarget
        .update({ where: { id }, data: { ...data, revision: { increment: 1 }, updatedAt: new Date() } })
        .catch(refuseDuplicate(name ?? before.name));
      if (address?.password !== undefined) await secrets.forget(tx, [kept.secretId]);
      await announce(tx, row);
    },
    /** The only default of its project, or with null none. One statement: of two people marking at once the second one's stays. */
    setDefault: async (tx: Tx, projectId: string, id: string | null): Promise<void> => {
      const rows = await tx.$queryRaw<Pick<TargetRow, 'id' | 'projectId' | 'revision'>[]>`
        update storage_targets set "isDefault" = not "isDefault", revision = revision + 1, "updatedAt" = now()
        where "projectId" = ${projectId} and "isDefault" <> (${id}::uuid is not null and id = ${id}::uuid)
        returning id, "projectId", revision`;
      await announce(tx, ...rows);
    },
    /** Whether pieces of continuous archives lie there. */
    holdsArchives: async (id: string): Promise<boolean> => (await prisma.archiveSpan.count({ where: { storageTargetId: id } })) > 0,
    /** Keeps it from being removed until the transaction ends; false where the project has none such. */
    hold: async (tx: Tx, projectId: string, id: string): Promise<boolean> =>
      (await tx.$queryRaw<unknown[]>`select from storage_targets where id = ${id}::uuid and "projectId" = ${projectId} for key share`)
        .length > 0,
    /** Throws `conflict` while backups lie there, or anything is to be stored there. */
    remove: async (tx: Tx, id: string): Promise<void> => {
      // What is about to use it is waited for, and counted then.
      await tx.$queryRaw`select from storage_targets where id = ${id}::uuid for update`;
      const refuse = () => new GuestboardError('conflict', 'Backups lie in this storage. Delete them first.');
      if ((await tx.backup.count({ where: { storageTargetId: id, NOT: holdsNothing } })) > 0) throw refuse();
      if ((await tx.recovery.count({ where: { storageTargetId: id } })) > 0)
        throw new GuestboardError('conflict', 'The control plane saves itself there. Choose another place on the System page first.');
      if ((await tx.archive.count({ where: { storageTargetId: id } })) > 0)
        throw new GuestboardError('conflict', 'Continuous archives go to this storage. Turn them off first.');
      if ((await tx.backupSchedule.count({ where: { storage: id } })) > 0)
        throw new GuestboardError('conflict', 'Schedules back up to this storage. Choose another one for them first.');
      if ((await tx.archiveSpan.count({ where: { storageTargetId: id } })) > 0)
        throw new GuestboardError(
          'conflict',
          'Pieces of continuous archives lie in this storage. They go by themselves once no backup leads to them any more; try again then.',
        );
      await tx.backup.updateMany({ where: { storageTargetId: id, ...holdsNothing }, data: { storageTargetId: null } });
      const row = await tx.storageTarget.delete({ where: { id } }).catch((error: unknown) => {
        throw isReferred(error) ? refuse() : error;
      });
      await secrets.forget(tx, [(row.address as { password: { secretId: string } }).password.secretId]);
      await announce(tx, row);
    },
  };
}

/** One was recorded since we counted. */
function isReferred(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'P2003' || code === '23503';
}

function toTarget(row: TargetRow, use: LocalStorage): StorageTarget {
  return {
    ...row,
    ...use,
    revision: Number(row.revision),
    address: TargetAddress.parse(row.address),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
