import type { RootHistory } from '#contract/resources/account.ts';
import type { Database, Tx } from './database.ts';
import type { Events } from './events.ts';

export type RootHistoryStore = ReturnType<typeof openRootHistory>;

/** When root was enabled and disabled, by whom; each time is an event as well. */
export function openRootHistory({ prisma }: Database, events: Events) {
  return {
    /** Ask for an instance that was found in the actor's scope. */
    read: async (instanceId: string): Promise<RootHistory> => {
      const rows = await prisma.rootEntry.findMany({ where: { instanceId }, orderBy: { id: 'desc' } });
      const entries = rows.map((row) => ({
        at: row.at.toISOString(),
        by: row.by,
        action: row.action === 'enabled' ? ('enabled' as const) : ('disabled' as const),
      }));
      return { enabled: entries[0]?.action === 'enabled', everEnabled: entries.length > 0, entries };
    },
    record: async (tx: Tx, instance: { id: string; projectId: string }, action: 'enabled' | 'disabled', by: string): Promise<void> => {
      await tx.rootEntry.create({ data: { instanceId: instance.id, action, by } });
      await events.record(tx, {
        projectId: instance.projectId,
        instanceId: instance.id,
        code: `root-${action}`,
        tone: 'attention',
        sentence: `${by} ${action} root.`,
        detail: null,
        at: new Date(),
      });
    },
  };
}
