import { GuestboardError } from '#contract/errors.ts';
import type { Database, Tx } from './database.ts';
import type { Instances } from './instances.ts';

export type Leases = ReturnType<typeof openLeases>;

/** Ports of a host, one instance each, freed when the instance is forgotten. */
export function openLeases(database: Database, instances: Instances) {
  const { pool, transact } = database;
  return {
    /**
     * The instance's port: the one it has, else the first of the range that is neither leased nor in use by the test.
     * `avoid` gives back a port that turned out to be taken. Throws `no-port-free`.
     */
    async take(
      instanceId: string,
      place: { host: string; range: { first: number; last: number }; isFree(port: number): Promise<boolean> },
    ): Promise<number> {
      const known = await pool.query<{ port: number }>(`select port from port_leases where "instanceId" = $1 order by "leasedAt"`, [
        instanceId,
      ]);
      if (known.rows[0]) return known.rows[0].port;
      const leased = await pool.query<{ port: number }>('select port from port_leases where host = $1', [place.host]);
      const taken = new Set(leased.rows.map((row) => row.port));
      for (let port = place.range.first; port <= place.range.last; port += 1) {
        if (taken.has(port) || !(await place.isFree(port))) continue;
        const mine = await transact(async (tx) => {
          const inserted = await tx.portLease.createMany({ data: { host: place.host, port, instanceId }, skipDuplicates: true });
          if (inserted.count === 1) await instances.change(tx, instanceId, { port });
          return inserted.count === 1;
        });
        if (mine) return port;
      }
      throw new GuestboardError('no-port-free', `No port between ${place.range.first} and ${place.range.last} is free on ${place.host}.`);
    },
    release: async (tx: Tx, instanceId: string): Promise<void> => {
      await tx.portLease.deleteMany({ where: { instanceId } });
    },
  };
}
