import type { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { OperationInput } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { Database } from './database.ts';

export type Estimates = ReturnType<typeof openEstimates>;

/**
 * How long an operation takes, learned from its last runs that ended well: the range that eight in ten of them kept. What a new instance
 * is made of decides its time, so that it is learned from those of the same datastore and origin alone; and of upgrades from those to the same
 * version that took the data over, or only restarted, as this one will. Only what takes it over has a name typed.
 */
export function openEstimates({ pool }: Database) {
  return {
    async find(name: string, input: unknown = null): Promise<Operation['estimate']> {
      const alike = name === 'create-instance' ? (input as Pick<CreateInstanceInput, 'datastore' | 'from'> | null) : null;
      const upgrade = name === 'upgrade-version' ? (input as OperationInput<'upgrade-version'> | null) : null;
      const { rows } = await pool.query<{ low: number | null; high: number | null; runs: number }>({
        name: 'estimate',
        text: `select percentile_cont(0.1) within group (order by ms) as low, percentile_cont(0.9) within group (order by ms) as high,
            count(*)::int as runs
          from (select extract(epoch from "endedAt" - "startedAt") * 1000 as ms from operations
            where name = $1 and state = 'succeeded' and attempt = 1 and "startedAt" is not null
              and ($2::text is null or input->>'datastore' = $2) and ($3::text is null or input->'from'->>'kind' = $3)
              and ($4::text is null or input->>'version' = $4) and ($5::boolean is null or (input->>'confirmName' <> '') = $5)
            order by "endedAt" desc limit 20) as last`,
        values: [
          name,
          alike?.datastore ?? null,
          alike?.from.kind ?? null,
          upgrade?.version ?? null,
          upgrade ? upgrade.confirmName !== '' : null,
        ],
      });
      const row = rows[0];
      if (!row || row.low === null || row.high === null) return null;
      return { lowMs: Math.round(row.low), highMs: Math.round(row.high), runs: row.runs };
    },
  };
}
