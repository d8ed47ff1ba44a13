import type { Connection } from '#contract/resources/connection.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { createTell } from '../tell.ts';

export function connectionHandlers({ store, guests }: ApiParts): SomeHandlers<'listConnections' | 'cancelStatement' | 'endConnection'> {
  const tell = createTell(store);

  return {
    listConnections: async ({ addressed }) => {
      const { connections, total } = await guests.query(addressed.id, 'connections.list', {});
      return { items: connections, total };
    },
    cancelStatement: async ({ actor, addressed, path }) => {
      const whose = await guests.query(addressed.id, 'connections.cancel', { id: path.connectionId });
      await tell(actor, addressed, 'statement-cancelled', `cancelled a statement ${ofWhom(whose)}`);
      return {};
    },
    endConnection: async ({ actor, addressed, path }) => {
      const whose = await guests.query(addressed.id, 'connections.end', { id: path.connectionId });
      await tell(actor, addressed, 'connection-ended', `ended a connection ${ofWhom(whose)}`);
      return {};
    },
  };
}

/** Who loses work must be able to learn who made it so. */
function ofWhom({ user, database }: Pick<Connection, 'user' | 'database'>): string {
  return `of ${user ?? 'a user whom the database does not name'}${database === null ? '' : ` in ${database}`}`;
}
