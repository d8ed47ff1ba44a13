import type { Sample } from '#contract/resources/sample.ts';
import type { Database } from './database.ts';

export type Samples = ReturnType<typeof openSamples>;

/** Samples for the charts, one every ten seconds and instance, kept for an hour. */
export function openSamples({ pool }: Database) {
  return {
    /** One statement however many; a second one for the same moment is dropped. */
    insertMany: async (samples: readonly { instanceId: string; sample: Sample }[]): Promise<void> => {
      if (samples.length === 0) return;
      await pool.query({
        name: 'samples insert',
        text: `insert into samples ("instanceId", at, sample)
          select id, to_timestamp(at / 1000), sample from unnest($1::uuid[], $2::float8[], $3::jsonb[]) as s(id, at, sample)
          on conflict do nothing`,
        values: [
          samples.map(({ instanceId }) => instanceId),
          samples.map(({ sample }) => sample.atMs),
          samples.map(({ sample }) => JSON.stringify(sample)),
        ],
      });
    },
    /** Oldest first. Ask for an instance that was found in the actor's scope. */
    list: async (instanceId: string, minutes: number): Promise<Sample[]> => {
      const { rows } = await pool.query<{ sample: Sample }>({
        name: 'samples list',
        text: `select sample from samples where "instanceId" = $1 and at > now() - make_interval(mins => $2) order by at`,
        values: [instanceId, minutes],
      });
      return rows.map((row) => row.sample);
    },
    prune: async (): Promise<void> => {
      await pool.query(`delete from samples where at < now() - interval '1 hour'`);
    },
  };
}
