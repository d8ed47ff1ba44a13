import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { connectAsFirstUser } from '../e2e/database-client.ts';
import { createInstance, operate, uniqueName } from '../e2e/instances.ts';
import { type Benchmark, median, percentile } from './figure.ts';

const writesPerSecond = 1000;
const writers = 4;

/** How late the archive is, as the API tells it, while a thousand rows a second are committed one by one. */
export const archiveLag: Benchmark = {
  name: 'archive-lag',
  async run({ rest, isQuick, say }) {
    if (!hasCapability('postgresql', 'archive')) return [];
    const instance = await createInstance(rest, { flavorId: 'gb.2g', volumeBytes: 8 * 1024 ** 3 });
    await operate(rest, instance.id, 'create-backup', { name: uniqueName('base') });
    const clients = await Promise.all(Array.from({ length: writers }, () => connectAsFirstUser(rest, instance)));
    await clients[0]?.query('create table written (n bigint, text text)');
    const endMs = Date.now() + (isQuick ? 20_000 : 120_000);
    const writing = Promise.all(clients.map((client) => write(client, endMs)));
    const lags: number[] = [];
    while (Date.now() < endMs) {
      const { archivedToMs } = await rest('getRestoreWindow', { path: { instanceId: instance.id } });
      if (archivedToMs !== null) lags.push(Date.now() - archivedToMs);
      await sleep(100);
    }
    const rows = (await writing).reduce((sum, one) => sum + one, 0);
    for (const client of clients) await client.end();
    const rate = rows / (isQuick ? 20 : 120);
    say(`        ${rate.toFixed(0)} commits a second`);
    return [
      {
        figure: `archive lag under ${writesPerSecond} writes a second, as the API tells it`,
        unit: 'ms',
        value: percentile(lags, 99),
        median: median(lags),
        p99: percentile(lags, 99),
        n: lags.length,
        bar: { atMost: 5000 },
        barOf: 'p99',
        peer: null,
        remark: `${rate.toFixed(0)} commits a second reached`,
      },
    ];
  },
};

/** One commit after another, no more than its share; answers how many. */
async function write(client: pg.Client, endMs: number): Promise<number> {
  const startedMs = Date.now();
  let done = 0;
  while (Date.now() < endMs) {
    const due = ((Date.now() - startedMs) / 1000) * (writesPerSecond / writers);
    if (done >= due) await sleep(2);
    else {
      await client.query('insert into written values ($1, $2)', [done, 'x'.repeat(100)]);
      done += 1;
    }
  }
  return done;
}
