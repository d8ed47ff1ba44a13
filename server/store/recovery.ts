import type { Fault } from '#contract/errors.ts';
import type { Recovery, RecoveryPlan } from '#contract/resources/recovery.ts';
import type { Database } from './database.ts';
import { dumpRows } from './dump.ts';
import type { Recovery as RecoveryRow } from './generated/client.ts';
import type { Secrets } from './secrets.ts';

export type RecoveryStore = ReturnType<typeof openRecovery>;
type DueSave = Pick<RecoveryRow, 'recipient' | 'storageTargetId' | 'keepCount' | 'retiredRecipient' | 'renewedAt'>;
export type Saved = { atMs: number; bytes: number; rows: number; to: string };

/** A run that was begun and never ended is begun again after this. */
const leaseMs = 10 * 60_000;
const retryMs = 5 * 60_000;
const minuteMs = 60_000;

/** The one row about how the control plane saves itself, and what a save is made of. */
export function openRecovery(database: Database, secrets: Secrets) {
  const { prisma } = database;
  const find = () => prisma.recovery.findUnique({ where: { id: 1 } });

  return {
    findRecipient: async (): Promise<string | null> => (await find())?.recipient ?? null,
    /** Of two servers starting at once the first one's key counts. */
    begin: async (recipient: string): Promise<void> => {
      await prisma.recovery.createMany({ data: { id: 1, recipient }, skipDuplicates: true });
    },
    /** Puts another key in place of the present one, which is kept in mind. False where the present one is another by now. */
    renew: async (present: string, recipient: string): Promise<boolean> => {
      const { count } = await prisma.recovery.updateMany({
        where: { id: 1, recipient: present, retiredRecipient: null },
        data: { recipient, retiredRecipient: present, renewedAt: new Date(), nextRunAt: new Date() },
      });
      return count === 1;
    },
    /** The saves made for the key before are gone. */
    forgetRetired: async (): Promise<void> => {
      await prisma.recovery.update({ where: { id: 1 }, data: { retiredRecipient: null, renewedAt: null } });
    },
    describe: async (): Promise<Recovery | null> => {
      const row = await find();
      return row && toRecovery(row);
    },
    /** Of the key that is the present one now. */
    noteKeyKept: async (): Promise<void> => {
      await prisma.$executeRaw`update recovery set "keptRecipient" = recipient`;
    },
    /** Whatever changes, a save shows at once whether it works. */
    change: async (plan: { [K in keyof RecoveryPlan]?: RecoveryPlan[K] | undefined }): Promise<void> => {
      const given = Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined));
      await prisma.recovery.update({ where: { id: 1 }, data: { ...given, nextRunAt: new Date() } });
    },
    /** Takes the run that is due, for one server of several; null when none is. */
    claimDue: async (nowMs: number): Promise<DueSave | null> => {
      const due = { id: 1, nextRunAt: { lte: new Date(nowMs) } };
      const { count } = await prisma.recovery.updateMany({ where: due, data: { nextRunAt: new Date(nowMs + leaseMs) } });
      return count === 0 ? null : find();
    },
    noteSaved: async ({ atMs, bytes, rows, to }: Saved): Promise<void> => {
      const row = await find();
      const nextRunAt = new Date(atMs + (row?.everyMinutes ?? 60) * minuteMs);
      const saved = { savedAt: new Date(atMs), savedBytes: bytes, savedRows: rows, savedTo: to, nextRunAt };
      await prisma.$executeRaw`update recovery set fault = null, "faultAt" = null`;
      await prisma.recovery.update({ where: { id: 1 }, data: saved });
    },
    noteFailed: async (fault: Fault, nowMs: number): Promise<void> => {
      await prisma.recovery.update({
        where: { id: 1 },
        data: { fault, faultAt: new Date(nowMs), nextRunAt: new Date(nowMs + retryMs) },
      });
    },
    /** Of the save that was noted for this moment: it is whole, and older ones are still there. */
    noteNotCleared: async (fault: Fault, atMs: number): Promise<void> => {
      await prisma.recovery.update({ where: { id: 1 }, data: { fault, faultAt: new Date(atMs) } });
    },
    dumpRows: (madeAt: string) => dumpRows(database, madeAt),
    /** What the backups of a project cannot be read without. */
    listProjectKeys: async () => {
      const keys = await prisma.projectBackupKey.findMany();
      const projects = await prisma.organization.findMany({ where: { id: { in: keys.map(({ projectId }) => projectId) } } });
      return keys.map(({ projectId, secretId }) => {
        const project = projects.find(({ id }) => id === projectId);
        return { projectId, name: project?.slug ?? projectId, title: project?.name ?? projectId, keyId: secretId };
      });
    },
    readKey: (keyId: string) => secrets.unseal(keyId),
  };
}

function toRecovery(row: RecoveryRow): Recovery {
  return {
    storageTargetId: row.storageTargetId,
    everyMinutes: row.everyMinutes,
    keepCount: row.keepCount,
    nextRunAt: row.nextRunAt.toISOString(),
    saved:
      row.savedAt === null
        ? null
        : { at: row.savedAt.toISOString(), bytes: Number(row.savedBytes), rows: Number(row.savedRows), to: row.savedTo ?? '' },
    renewedAt: row.renewedAt?.toISOString() ?? null,
    keyKept: row.keptRecipient === row.recipient,
    fault: row.fault as Fault | null,
    faultAt: row.faultAt?.toISOString() ?? null,
  };
}
