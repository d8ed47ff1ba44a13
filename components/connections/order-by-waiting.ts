import type { Connection } from '#contract/resources/connection.ts';

export type Placed = { connection: Connection; depth: number /** How many wait for it, directly or not. */; holdsUp: number };

/**
 * Who holds others up comes first, with those that wait beneath it, one level deeper each; the others keep their order.
 * Waiters in a ring, which the engine is about to break, are shown all the same.
 */
export function orderByWaiting(connections: readonly Connection[]): Placed[] {
  const known = new Map(connections.map((connection) => [connection.id, connection]));
  const waiters = new Map<string, Connection[]>();
  for (const connection of connections) {
    const holder = connection.blockedBy.find((id) => known.has(id));
    if (holder !== undefined) waiters.set(holder, [...(waiters.get(holder) ?? []), connection]);
  }
  const placed: Placed[] = [];
  const seen = new Set<string>();
  const place = (connection: Connection, depth: number): number => {
    if (seen.has(connection.id)) return 0;
    seen.add(connection.id);
    const entry: Placed = { connection, depth, holdsUp: 0 };
    placed.push(entry);
    for (const waiter of waiters.get(connection.id) ?? []) if (!seen.has(waiter.id)) entry.holdsUp += 1 + place(waiter, depth + 1);
    return entry.holdsUp;
  };
  const isFree = ({ blockedBy }: Connection) => !blockedBy.some((id) => known.has(id));
  const free = connections.filter(isFree);
  for (const connection of [...free.filter(({ id }) => waiters.has(id)), ...free.filter(({ id }) => !waiters.has(id)), ...connections])
    place(connection, 0);
  return placed;
}
