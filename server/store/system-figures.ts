import type { System } from '#contract/resources/system.ts';
import type { Database } from './database.ts';

export type SystemFigures = ReturnType<typeof openSystemFigures>;
type Stored = Pick<System, 'replicas' | 'queue' | 'agents' | 'clockSkews'> & { counters: Record<string, number> };

/** What the store knows of the control plane itself. */
export function openSystemFigures({ pool }: Database) {
  async function one<T extends object>(text: string): Promise<T[]> {
    return (await pool.query<T>(text)).rows;
  }
  return {
    read: async (): Promise<Stored> => {
      const [replicas, queue, commands, agents, skews] = await Promise.all([
        one<{ id: string; startedAt: Date; beatAt: Date; agents: number; counters: Record<string, number> | null }>(
          `select id, "startedAt", "beatAt", agents, counters from replicas where "beatAt" > now() - interval '10 seconds' order by id`,
        ),
        one<{ state: string; count: number }>(
          `select state, count(*)::int as count from operations where state in ('queued', 'running', 'cancelling') group by state`,
        ),
        one<{ waiting: number; oldest: number | null }>(
          `select count(*)::int as waiting, (extract(epoch from now() - min("createdAt")) * 1000)::float8 as oldest
           from commands where state in ('queued', 'sent', 'accepted', 'unknown')`,
        ),
        one<{ version: string; protocolVersion: number; count: number }>(
          `select g."agentVersion" as version, coalesce(g."protocolVersion", 0) as "protocolVersion", count(*)::int as count
           from guests g join instances i on i.id = g."instanceId"
           where i."deletedAt" is null and i."scratchFor" is null and g."agentVersion" is not null group by 1, 2 order by 1`,
        ),
        one<{ instanceId: string; instanceName: string; skewMs: number }>(
          `select i.id as "instanceId", i.name as "instanceName", g."clockSkewMs" as "skewMs"
           from guests g join instances i on i.id = g."instanceId"
           where i."deletedAt" is null and i."scratchFor" is null and g."clockSkewMs" is not null order by abs(g."clockSkewMs") desc limit 20`,
        ),
      ]);
      const count = (states: string[]) => queue.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0);
      return {
        replicas: replicas.map(({ counters: _, ...row }) => ({
          ...row,
          startedAt: row.startedAt.toISOString(),
          beatAt: row.beatAt.toISOString(),
        })),
        queue: {
          operationsQueued: count(['queued']),
          operationsRunning: count(['running', 'cancelling']),
          commandsWaiting: commands[0]?.waiting ?? 0,
          oldestCommandMs: commands[0]?.oldest ?? null,
        },
        agents,
        clockSkews: skews,
        counters: sum(replicas.map((row) => row.counters ?? {})),
      };
    },
  };
}

/** Rates and counts add up over replicas; of lags the worst counts. */
function sum(counters: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of counters) {
    for (const [name, value] of Object.entries(each)) {
      total[name] = /lag/i.test(name) ? Math.max(total[name] ?? 0, value) : (total[name] ?? 0) + value;
    }
  }
  return total;
}
