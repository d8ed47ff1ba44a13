import type { Actor } from '#contract/may.ts';
import type { Connection } from '#contract/resources/connection.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

export function connectionHandlers({ store, guests }: ApiParts): SomeHandlers<'listConnections' | 'cancelStatement' | 'endConnection'> {
  /** Who loses work must be able to learn who made it so. */
  async function tell(
    instance: Instance,
    code: string,
    what: string,
    actor: Actor,
    { user, database }: Pick<Connection, 'user' | 'database'>,
  ) {
    const sentence = `${actor.name} ${what} of ${user}${database === null ? '' : ` in ${database}`}.`;
    const event = { projectId: instance.projectId, instanceId: instance.id, code, tone: 'info' as const, sentence, detail: null };
    await store.transact((tx) => store.events.record(tx, { ...event, at: new Date() }));
  }

  return {
    listConnections: async ({ addressed }) => {
      const { connections, total } = await guests.query(addressed.id, 'connections.list', {});
      return { items: connections, total };
    },
    cancelStatement: async ({ actor, addressed, path }) => {
      const whose = await guests.query(addressed.id, 'connections.cancel', { id: path.connectionId });
      await tell(addressed, 'statement-cancelled', 'cancelled a statement', actor, whose);
      return {};
    },
    endConnection: async ({ actor, addressed, path }) => {
      const whose = await guests.query(addressed.id, 'connections.end', { id: path.connectionId });
      await tell(addressed, 'connection-ended', 'ended a connection', actor, whose);
      return {};
    },
  };
}
