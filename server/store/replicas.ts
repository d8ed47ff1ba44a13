import pg from 'pg';
import { GuestboardError } from '#contract/errors.ts';
import type { Database } from './database.ts';

export type ReplicaCounters = Record<string, number>;
export type ReplicaRow = { id: string; startedAt: Date; beatAt: Date; agents: number; counters: ReplicaCounters | null };
export type Replicas = ReturnType<typeof openReplicas>;

/** Living servers. All times are the database's: replicas need not agree on a clock. */
export function openReplicas({ pool, url }: Database) {
  return {
    /**
     * Keeps the name for this process as long as its connection lives: a second server of the same name would take over running work.
     * A server that was killed a moment ago may still hold it. Throws `conflict`. Answers how to let go.
     */
    async claimName(id: string, patienceMs = 15_000): Promise<() => Promise<void>> {
      const client = new pg.Client({ connectionString: url, application_name: 'guestboard name', keepAlive: true });
      client.on('error', () => {});
      await client.connect();
      const end = performance.now() + patienceMs;
      for (;;) {
        const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 7)) as mine', [
          `replica ${id}`,
        ]);
        if (rows[0]?.mine) return () => client.end();
        if (performance.now() > end) break;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await client.end();
      throw new GuestboardError('conflict', `Another server named ${id} runs on this database. Give this one another GUESTBOARD_NODE_ID.`);
    },
    start: async (id: string): Promise<void> => {
      await pool.query(
        `insert into replicas (id) values ($1) on conflict (id) do update set "startedAt" = now(), "beatAt" = now(), agents = 0, counters = null`,
        [id],
      );
    },
    beat: async (id: string, agents: number, counters: ReplicaCounters): Promise<void> => {
      await pool.query({
        name: 'replica beat',
        text: `insert into replicas (id, agents, counters) values ($1, $2, $3)
          on conflict (id) do update set "beatAt" = now(), agents = $2, counters = $3`,
        values: [id, agents, JSON.stringify(counters)],
      });
    },
    /** Those that have not beaten for ten seconds. */
    listDead: async (except: string): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>(
        `select id from replicas where id <> $1 and "beatAt" < now() - interval '10 seconds'`,
        [except],
      );
      return rows.map((row) => row.id);
    },
    list: async (): Promise<ReplicaRow[]> => {
      const { rows } = await pool.query<ReplicaRow>(`select id, "startedAt", "beatAt", agents, counters from replicas order by id`);
      return rows;
    },
    /** Counts as dead from now on: what it left may be taken over at once. */
    retire: async (id: string): Promise<void> => {
      await pool.query(`update replicas set "beatAt" = now() - interval '1 hour', agents = 0 where id = $1`, [id]);
    },
    /** True when it was still dead and is gone now. */
    removeDead: async (id: string): Promise<boolean> => {
      const text = `delete from replicas where id = $1 and "beatAt" < now() - interval '10 seconds'`;
      return ((await pool.query(text, [id])).rowCount ?? 0) > 0;
    },
  };
}
