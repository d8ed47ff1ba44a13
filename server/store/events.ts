import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';
import type { InstanceEvent as EventRow } from './generated/client.ts';

export type NewEvent = Pick<InstanceEvent, 'projectId' | 'instanceId' | 'code' | 'tone' | 'sentence' | 'detail'> & {
  at: Date;
  /** Boot and sequence of the report it came from; the same origin twice is one event. */
  origin?: string;
};
export type Events = ReturnType<typeof openEvents>;

/** What happened to instances, newest first. */
export function openEvents(database: Database, changes: Changes) {
  const { prisma } = database;
  return {
    /** Records it once per origin, and announces it. What happens to an operation's scratch guest is nobody's news. */
    record: async (tx: Tx, { origin, ...event }: NewEvent): Promise<void> => {
      if ((await tx.instance.count({ where: { id: event.instanceId, scratchFor: { not: null } } })) > 0) return;
      const rows = await tx.instanceEvent.createManyAndReturn({ data: { ...event, origin: origin ?? null }, skipDuplicates: true });
      await changes.announce(
        tx,
        ...rows.map((row) => ({ projectId: row.projectId, kind: 'event' as const, resource: String(row.id), revision: 0 })),
      );
    },
    /** A page before `before` (an event id). Ask for an instance that was found in the actor's scope. */
    list: async (instanceId: string, page: { before?: bigint; limit: number }) => {
      const where = { instanceId, ...(page.before === undefined ? {} : { id: { lt: page.before } }) };
      const [rows, total] = await Promise.all([
        prisma.instanceEvent.findMany({ where, orderBy: { id: 'desc' }, take: page.limit + 1 }),
        prisma.instanceEvent.count({ where: { instanceId } }),
      ]);
      const items = rows.slice(0, page.limit).map(toEvent);
      return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null, total };
    },
    findForControlPlane: async (id: string): Promise<InstanceEvent | null> => {
      const row = await prisma.instanceEvent.findUnique({ where: { id: BigInt(id) } });
      return row && toEvent(row);
    },
  };
}

function toEvent({ origin: _, ...row }: EventRow): InstanceEvent {
  return {
    ...row,
    id: String(row.id),
    tone: row.tone as InstanceEvent['tone'],
    at: row.at.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
  };
}
