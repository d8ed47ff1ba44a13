import { randomBytes } from 'node:crypto';
import type { BackupKey } from '#contract/guest/stored-backup.ts';
import type { Database } from './database.ts';
import type { Secrets } from './secrets.ts';

export type BackupKeys = ReturnType<typeof openBackupKeys>;

/** The keys that projects' backups are sealed with. Answered as references: opened only on their way to a guest. */
export function openBackupKeys({ prisma, transact }: Database, secrets: Secrets) {
  const toKey = (secretId: string): BackupKey => ({ id: secretId, password: { secretId } });
  return {
    /** The project's own, made the first time; of two made at once the first counts. */
    ensure: async (projectId: string): Promise<BackupKey> => {
      const known = await prisma.projectBackupKey.findUnique({ where: { projectId } });
      if (known) return toKey(known.secretId);
      await transact(async (tx) => {
        const secretId = await secrets.seal(tx, projectId, randomBytes(32).toString('base64'));
        const made = await tx.projectBackupKey.createMany({ data: { projectId, secretId }, skipDuplicates: true });
        if (made.count === 0) await secrets.forget(tx, [secretId]);
        // Backups are made under it from now on: it is saved at once, not at the next turn.
        else await tx.recovery.updateMany({ data: { nextRunAt: new Date() } });
      });
      return toKey((await prisma.projectBackupKey.findUniqueOrThrow({ where: { projectId } })).secretId);
    },
    /** Those that are kept of the project under these ids. */
    list: async (projectId: string, ids: readonly string[]): Promise<BackupKey[]> => {
      const rows = await prisma.secret.findMany({ where: { projectId, id: { in: [...ids] } }, select: { id: true } });
      return rows.map(({ id }) => toKey(id));
    },
  };
}
