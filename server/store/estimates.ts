import type { Operation } from '#contract/resources/operation.ts';
import type { Database } from './database.ts';

export type Estimates = ReturnType<typeof openEstimates>;

/** How long an operation takes, learned from its last runs that ended well: the range that eight in ten of them kept. */
export function openEstimates({ pool }: Database) {
  return {
    async find(name: string): Promise<Operation['estimate']> {
      const { rows } = await pool.query<{ low: number | null; high: number | null; runs: number }>({
        name: 'estimate',
        text: `select percentile_cont(0.1) within group (order by ms) as low, percentile_cont(0.9) within group (order by ms) as high,
            count(*)::int as runs
          from (select extract(epoch from "endedAt" - "startedAt") * 1000 as ms from operations
            where name = $1 and state = 'succeeded' and attempt = 1 and "startedAt" is not null
            order by "endedAt" desc limit 20) as last`,
        values: [name],
      });
      const row = rows[0];
      if (!row || row.low === null || row.high === null) return null;
      return { lowMs: Math.round(row.low), highMs: Math.round(row.high), runs: row.runs };
    },
  };
}
