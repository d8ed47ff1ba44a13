import type { BackupProof, ProofFindings } from '#contract/resources/backup-proof.ts';
import type { Backups } from './backups.ts';
import type { Database, Tx } from './database.ts';
import type { Prisma, BackupProof as ProofRow } from './generated/client.ts';
import type { Instances } from './instances.ts';
import { toProof } from './proof-row.ts';

export type BackupProofs = ReturnType<typeof openBackupProofs>;
type Change = Omit<Prisma.BackupProofUncheckedUpdateInput, 'findings'> & { findings?: ProofFindings };

/** Reports of backups that were restored for proof, under the id of the operation that did it. */
export function openBackupProofs(database: Database, nouns: { backups: Backups; instances: Instances }) {
  const { prisma, pool } = database;

  /** Its backup shows it, and so does the instance while it exists. */
  async function announce(tx: Tx, { backupId, instanceId }: ProofRow): Promise<void> {
    await nouns.backups.change(tx, backupId, {});
    await nouns.instances.refresh(tx, instanceId);
  }

  return {
    /** Newest first. Ask for a backup that was found in the actor's scope. */
    listOfBackup: async (backupId: string): Promise<BackupProof[]> => {
      const rows = await prisma.backupProof.findMany({ where: { backupId }, orderBy: { startedAt: 'desc' }, take: 100 });
      return rows.map(toProof);
    },
    /** Those that seem to run although their operation has ended or is gone. */
    listAbandoned: async (): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>(
        `select p.id from backup_proofs p where p.state = 'running' and not exists (
           select from operations o where o.id = p.id and o.state in ('queued', 'running', 'cancelling'))`,
      );
      return rows.map(({ id }) => id);
    },
    /** How many proofs that have not ended were asked for before this one. */
    countAhead: async (operationId: string): Promise<number> => {
      const { rows } = await pool.query<{ count: number }>(
        `select count(*)::int as count from operations o join operations own on own.id = $1
         where o.name = own.name and o.state in ('queued', 'running', 'cancelling') and (o."createdAt", o.id) < (own."createdAt", own.id)`,
        [operationId],
      );
      return rows[0]?.count ?? 0;
    },
    findForControlPlane: (id: string) => prisma.backupProof.findUnique({ where: { id } }),
    /** Puts it down, once: the same id again changes nothing. */
    begin: async (tx: Tx, data: Pick<ProofRow, 'id' | 'projectId' | 'backupId' | 'instanceId' | 'askedBy' | 'momentAt'>): Promise<void> => {
      const { count } = await tx.backupProof.createMany({ data: { ...data, state: 'running' }, skipDuplicates: true });
      if (count === 1) await announce(tx, { ...data } as ProofRow);
    },
    change: async (tx: Tx, id: string, data: Change): Promise<void> => {
      await announce(tx, await tx.backupProof.update({ where: { id }, data: data as Prisma.BackupProofUncheckedUpdateInput }));
    },
  };
}
