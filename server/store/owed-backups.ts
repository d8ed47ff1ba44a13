import type { Database, Tx } from './database.ts';

export type OwedBackups = ReturnType<typeof openOwedBackups>;
/** `by`: the account in whose name it is made. */
export type OwedBackup = { instanceId: string; projectId: string; since: Date; by: string };

/** Full backups that instances need because they took another's place as the source: whatever was made before lies with that one. */
export function openOwedBackups({ pool }: Database) {
  return {
    owe: async (tx: Tx, instanceId: string, accountId: string): Promise<void> => {
      const data = { backupOwedSince: new Date(), backupOwedBy: accountId };
      await tx.instance.update({ where: { id: instanceId }, data });
    },
    /** Of instances that nothing else is done to. */
    listDue: async (): Promise<string[]> => {
      const text = `select id from instances where "backupOwedSince" is not null and "operationId" is null and "deletedAt" is null limit 100`;
      return (await pool.query<{ id: string }>(text)).rows.map(({ id }) => id);
    },
    /** Null while another replica has it in hand, or when it is owed no more. */
    hold: async (tx: Tx, instanceId: string): Promise<OwedBackup | null> => {
      const [row] = await tx.$queryRaw<OwedBackup[]>`
        select id as "instanceId", "projectId", "backupOwedSince" as since, "backupOwedBy" as by from instances
        where id = ${instanceId}::uuid and "backupOwedSince" is not null and "deletedAt" is null for update skip locked`;
      return row ?? null;
    },
    /** It is being made, or never will be. */
    settle: async (tx: Tx, instanceId: string): Promise<void> => {
      await tx.instance.update({ where: { id: instanceId }, data: { backupOwedSince: null, backupOwedBy: null } });
    },
  };
}
