import type { RootHistory } from '#contract/resources/account.ts';
import type { Database, Tx } from './database.ts';
import type { Events } from './events.ts';

export type RootHistoryStore = ReturnType<typeof openRootHistory>;

type Action = RootHistory['entries'][number]['action'];

const sentences: Record<Action, (by: string) => string> = {
  enabled: (by) => `${by} enabled root.`,
  renewed: (by) => `${by} made a new password for root.`,
  disabled: (by) => `${by} disabled root.`,
};
const isAction = (value: string): value is Action => value in sentences;

/** When root was enabled, given a new password and disabled, by whom; each time is an event as well. */
export function openRootHistory({ prisma }: Database, events: Events) {
  return {
    /** Ask for an instance that was found in the actor's scope. */
    read: async (instanceId: string): Promise<RootHistory> => {
      const rows = await prisma.rootEntry.findMany({ where: { instanceId }, orderBy: { id: 'desc' } });
      const entries = rows.map((row) => ({
        at: row.at.toISOString(),
        by: row.by,
        action: isAction(row.action) ? row.action : 'disabled',
      }));
      return { enabled: entries.length > 0 && entries[0]?.action !== 'disabled', everEnabled: entries.length > 0, entries };
    },
    /** Enabled while it is: it was given a new password. */
    record: async (tx: Tx, instance: { id: string; projectId: string }, done: 'enabled' | 'disabled', by: string): Promise<void> => {
      const before = await tx.rootEntry.findFirst({ where: { instanceId: instance.id }, orderBy: { id: 'desc' } });
      const action: Action = done === 'enabled' && before !== null && before.action !== 'disabled' ? 'renewed' : done;
      await tx.rootEntry.create({ data: { instanceId: instance.id, action, by } });
      await events.record(tx, {
        projectId: instance.projectId,
        instanceId: instance.id,
        code: `root-${action}`,
        tone: 'attention',
        sentence: sentences[action](by),
        detail: null,
        at: new Date(),
      });
    },
  };
}
