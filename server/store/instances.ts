import { GuestboardError } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { sayTaken } from '#contract/taken-name.ts';
import type { Changes } from './changes.ts';
import { type Database, isDuplicate, type Tx } from './database.ts';
import { Prisma } from './generated/client.ts';
import { createInstanceReads } from './instance-reads.ts';
import { type InstanceRow, instanceColumns, instanceTables, toInstance } from './instance-row.ts';
import { isInScope, type Scope } from './scope.ts';

export type Instances = ReturnType<typeof openInstances>;

/**
 * Instances that exist. A deleted one keeps its row (name freed, `deletedAt` set) and is found by nothing here; a scratch guest of an
 * operation is found by that operation alone.
 */
export function openInstances(database: Database, changes: Changes) {
  const { pool } = database;
  const readByIds = createInstanceReads(pool);

  async function select(name: string, where: string, values: unknown[]): Promise<Instance[]> {
    const text = `select ${instanceColumns} from ${instanceTables} where i."deletedAt" is null and i."scratchFor" is null and ${where}`;
    const { rows } = await pool.query<InstanceRow>({ name: `instances ${name}`, text, values });
    return rows.map(toInstance);
  }

  async function change(tx: Tx, id: string, data: Prisma.InstanceUncheckedUpdateInput): Promise<void> {
    const row = await tx.instance
      .update({
        where: { id },
        data: { ...data, revision: { increment: 1 }, updatedAt: new Date() },
        select: { projectId: true, revision: true },
      })
      .catch((error: unknown) => {
        throw isDuplicate(error) ? nameTaken(String(data.name)) : error;
      });
    await changes.announce(tx, { projectId: row.projectId, kind: 'instance', resource: id, revision: Number(row.revision) });
  }

  return {
    find: async (scope: Scope, id: string): Promise<Instance | null> => {
      const found = (await readByIds([id])).get(id);
      return found && !found.isScratch && isInScope(scope, found.instance.projectId) ? found.instance : null;
    },
    /** In the order of `ids`; what is gone or foreign is left out. */
    listByIds: async (scope: Scope, ids: readonly string[]): Promise<Instance[]> => {
      const found = await readByIds(ids);
      return ids.flatMap((id) => {
        const read = found.get(id);
        return read && !read.isScratch && isInScope(scope, read.instance.projectId) ? [read.instance] : [];
      });
    },
    listOfProject: (projectId: string) => select('of project', 'i."projectId" = $1', [projectId]),
    /** For the control plane itself (workflows, conductor, live): no actor is asking. */
    findForControlPlane: async (id: string): Promise<Instance | null> => (await readByIds([id])).get(id)?.instance ?? null,
    /** How fast each of them may be read for backups; null is as fast as it goes. */
    listBackupLimits: async (ids: readonly string[]): Promise<{ id: string; bytesPerSecond: number | null }[]> => {
      if (ids.length === 0) return [];
      const limit = '"backupBytesPerSecond"::float8 as "bytesPerSecond"';
      const text = `select id, ${limit} from instances where "deletedAt" is null and "scratchFor" is null and id = any($1)`;
      return (await pool.query<{ id: string; bytesPerSecond: number | null }>({ name: 'backup limits', text, values: [ids] })).rows;
    },
    listForControlPlane: () => select('all', 'true', []),
    /** A new instance with an empty guest row. Throws `name-taken`. */
    insert: async (tx: Tx, data: Prisma.InstanceUncheckedCreateInput): Promise<void> => {
      await tx.instance.create({ data: { ...data, guest: { create: {} } } }).catch((error: unknown) => {
        throw isDuplicate(error) ? nameTaken(data.name) : error;
      });
      await changes.announce(tx, { projectId: data.projectId, kind: 'instance', resource: data.id, revision: 1 });
    },
    /** Changes columns, raises the revision and announces it. Throws `name-taken`. */
    change,
    /** Something that it shows changed elsewhere: announces it again, while it exists. */
    refresh: async (tx: Tx, id: string | null): Promise<void> => {
      if (id !== null && (await tx.instance.count({ where: { id, deletedAt: null } })) === 1) await change(tx, id, {});
    },
    /** A group whose values are yet to be applied. */
    takeGroup: (tx: Tx, id: string, configurationGroupId: string) => change(tx, id, { configurationGroupId, appliedValues: Prisma.DbNull }),
    /** Hides it for good and frees its name; its backups, operations and events stay. */
    forget: async (tx: Tx, id: string): Promise<void> => {
      await change(tx, id, { deletedAt: new Date(), operationId: null, runningStatus: null, port: null, tokenHash: null });
      await tx.instancePassword.deleteMany({ where: { instanceId: id } });
      await tx.sample.deleteMany({ where: { instanceId: id } });
    },
    /** Records that a generated password of `user` may be revealed. */
    keepPassword: async (tx: Tx, instanceId: string, user: string, secretId: string): Promise<void> => {
      await tx.instancePassword.upsert({
        where: { instanceId_user: { instanceId, user } },
        create: { instanceId, user, secretId },
        update: { secretId },
      });
    },
    dropPassword: async (tx: Tx, instanceId: string, user: string): Promise<void> => {
      await tx.instancePassword.deleteMany({ where: { instanceId, user } });
    },
    /** The users whose passwords may be revealed. */
    listKeptPasswords: async (instanceId: string): Promise<string[]> => {
      const rows = await database.prisma.instancePassword.findMany({ where: { instanceId }, select: { user: true } });
      return rows.map(({ user }) => user);
    },
    findPassword: async (instanceId: string, user: string): Promise<string | null> => {
      const row = await database.prisma.instancePassword.findUnique({ where: { instanceId_user: { instanceId, user } } });
      return row?.secretId ?? null;
    },
  };
}

function nameTaken(name: string) {
  return new GuestboardError('name-taken', sayTaken('an instance', name), { field: 'name' });
}
