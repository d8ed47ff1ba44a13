import type { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { OperationInput } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { Database } from './database.ts';

type Of = Pick<Instance, 'id' | 'datastore'>;
export type Estimates = ReturnType<typeof openEstimates>;

/**
 * How long an operation takes, learned from its last runs that ended well: the range that eight in ten of them kept. What a new instance
 * is made of decides its time, so that it is learned from those of the same datastore and origin alone; and of upgrades from those to the same
 * version that took the data over, or only restarted, as this one will. Only what takes it over has a name typed. What an instance has done
 * itself tells more than what others did; of others only those of the same datastore are like it, and of backups the full or the incremental ones.
 */
export function openEstimates({ pool }: Database) {
  return {
    async find(name: string, input: unknown = null, instance: Of | null = null): Promise<Operation['estimate']> {
      const alike = name === 'create-instance' ? (input as Pick<CreateInstanceInput, 'datastore' | 'from'> | null) : null;
      const upgrade = name === 'upgrade-version' ? (input as OperationInput<'upgrade-version'> | null) : null;
      const backup = name === 'create-backup' ? (input as OperationInput<'create-backup'> | null) : null;
      const { rows } = await pool.query<{ low: number | null; high: number | null; runs: number }>({
        name: 'estimate',
        text: `select percentile_cont(0.1) within group (order by ms) as low, percentile_cont(0.9) within group (order by ms) as high,
            count(*)::int as runs
          from (select ms, own, bool_or(own) over () as known from (
            select extract(epoch from "endedAt" - "startedAt") * 1000 as ms, coalesce("instanceId" = $6, false) as own from operations
            where name = $1 and state = 'succeeded' and attempt = 1 and "startedAt" is not null
              and ($2::text is null or input->>'datastore' = $2) and ($3::text is null or input->'from'->>'kind' = $3)
              and ($4::text is null or input->>'version' = $4) and ($5::boolean is null or (input->>'confirmName' <> '') = $5)
              and ($8::boolean is null or (input->>'parentId' is null) = $8)
              and ($6::uuid is null or "instanceId" = $6
                or exists (select from instances i where i.id = operations."instanceId" and i.datastore = $7))
            order by own desc, "endedAt" desc limit 20) as last) as alike
          where own or not known`,
        values: [
          name,
          alike?.datastore ?? null,
          alike?.from.kind ?? null,
          upgrade?.version ?? null,
          upgrade ? upgrade.confirmName !== '' : null,
          instance?.id ?? null,
          instance?.datastore ?? null,
          backup ? backup.parentId === null : null,
        ],
      });
      const row = rows[0];
      if (!row || row.low === null || row.high === null) return null;
      return { lowMs: Math.round(row.low), highMs: Math.round(row.high), runs: row.runs };
    },
  };
}
