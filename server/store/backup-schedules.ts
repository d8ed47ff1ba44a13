import { GuestboardError } from '#contract/errors.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';
import type { Prisma, BackupSchedule as ScheduleRow } from './generated/client.ts';
import { type Scope, whereProject } from './scope.ts';

export type BackupSchedules = ReturnType<typeof openBackupSchedules>;
/** A schedule as the duty sees it that carries it out. */
export type HeldSchedule = BackupSchedule &
  Pick<ScheduleRow, 'changedByAccountId' | 'triedSince' | 'operationId' | 'retaining' | 'unproved'> & { plannedFor: Date; dueAt: Date };

const isDue = `enabled and "nextRunAt" <= $2::timestamptz and ("tryAfter" is null or "tryAfter" <= $2::timestamptz)`;
const isUnsettled = `("operationId" is not null or retaining) and $2::timestamptz is not null`;

/** When instances are backed up by themselves. */
export function openBackupSchedules(database: Database, changes: Changes) {
  const { prisma, pool } = database;

  async function announce(tx: Tx, row: ScheduleRow): Promise<BackupSchedule> {
    const revision = Number(row.revision);
    await changes.announce(tx, { projectId: row.projectId, kind: 'backup-schedule', resource: row.id, revision });
    return toSchedule(row);
  }

  async function find(where: Prisma.BackupScheduleWhereInput): Promise<BackupSchedule | null> {
    const row = await prisma.backupSchedule.findFirst({ where });
    return row && toSchedule(row);
  }

  async function listIds(condition: string, now: Date): Promise<string[]> {
    const text = `select id from backup_schedules where $1::uuid is null and ${condition} order by "nextRunAt" limit 100`;
    return (await pool.query<{ id: string }>(text, [null, now])).rows.map(({ id }) => id);
  }

  /** Null when the condition does not hold any more, or while another replica has it in hand. */
  async function hold(tx: Tx, id: string, condition: string, now: Date): Promise<HeldSchedule | null> {
    const text = `select id from backup_schedules where id = $1::uuid and ${condition} for update skip locked`;
    if ((await tx.$queryRawUnsafe<unknown[]>(text, id, now)).length === 0) return null;
    const row = await tx.backupSchedule.findUniqueOrThrow({ where: { id } });
    const { changedByAccountId, triedSince, operationId, retaining, unproved } = row;
    const times = { plannedFor: row.plannedFor ?? now, dueAt: row.nextRunAt ?? now };
    return { ...toSchedule(row), changedByAccountId, triedSince, operationId, retaining, unproved, ...times };
  }

  return {
    find: (scope: Scope, id: string) => find({ id, ...whereProject(scope) }),
    findForControlPlane: (id: string) => find({ id }),
    /** Ask for an instance that was found in the actor's scope. */
    listOfInstance: async (instanceId: string): Promise<BackupSchedule[]> => {
      const rows = await prisma.backupSchedule.findMany({ where: { instanceId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
      return rows.map(toSchedule);
    },
    /** As it is, and nobody else changes it until the transaction ends. Throws `not-found`. */
    holdForChange: async (tx: Tx, id: string): Promise<BackupSchedule> => {
      await tx.$queryRaw`select from backup_schedules where id = ${id}::uuid for update`;
      const row = await tx.backupSchedule.findUnique({ where: { id } });
      if (row === null) throw new GuestboardError('not-found', 'The backup schedule does not exist.');
      return toSchedule(row);
    },
    listDue: (now: Date) => listIds(isDue, now),
    holdDue: (tx: Tx, id: string, now: Date) => hold(tx, id, isDue, now),
    /** Those whose backup is under way, or whose retention is. */
    listUnsettled: (now: Date) => listIds(isUnsettled, now),
    holdUnsettled: (tx: Tx, id: string, now: Date) => hold(tx, id, isUnsettled, now),
    insert: async (tx: Tx, data: Prisma.BackupScheduleUncheckedCreateInput) => announce(tx, await tx.backupSchedule.create({ data })),
    /** Changes columns, raises the revision and announces it. */
    change: async (tx: Tx, id: string, data: Prisma.BackupScheduleUncheckedUpdateInput) =>
      announce(tx, await tx.backupSchedule.update({ where: { id }, data: { ...data, revision: { increment: 1 } } })),
    remove: async (tx: Tx, id: string): Promise<void> => {
      await announce(tx, await tx.backupSchedule.delete({ where: { id } }));
    },
    /** Whoever takes another's place as the source is backed up as that one was, from now on. Answers how many of them run. */
    handOver: async (tx: Tx, fromId: string, toId: string): Promise<number> => {
      const moved = await tx.backupSchedule.findMany({ where: { instanceId: fromId }, select: { id: true, enabled: true } });
      const now = new Date();
      for (const { id, enabled } of moved) {
        const run = enabled ? { plannedFor: now, nextRunAt: now, triedSince: null, tryAfter: null } : {};
        const data = { instanceId: toId, ...run, revision: { increment: 1 } };
        await announce(tx, await tx.backupSchedule.update({ where: { id }, data }));
      }
      return moved.filter(({ enabled }) => enabled).length;
    },
    removeOfInstance: async (tx: Tx, instanceId: string): Promise<void> => {
      for (const { id } of await tx.backupSchedule.findMany({ where: { instanceId }, select: { id: true } }))
        await announce(tx, await tx.backupSchedule.delete({ where: { id } }));
    },
  };
}

function toSchedule(row: ScheduleRow): BackupSchedule {
  const {
    changedByAccountId: _,
    plannedFor: __,
    triedSince: ___,
    tryAfter: ____,
    operationId: _____,
    retaining: ______,
    unproved: _______,
    ...shown
  } = row;
  return {
    ...shown,
    revision: Number(row.revision),
    storage: row.storage as BackupSchedule['storage'],
    lastTone: row.lastTone as BackupSchedule['lastTone'],
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
