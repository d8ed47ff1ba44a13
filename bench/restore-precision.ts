import { setTimeout as sleep } from 'node:timers/promises';
import { hasCapability } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { connect, connectAsFirstUser, readCa } from '../e2e/database-client.ts';
import { createInstance, operate, uniqueName, waitForOperation } from '../e2e/instances.ts';
import { type Bench, type Benchmark, median } from './figure.ts';

type Written = { n: number; askedMs: number; acknowledgedMs: number };

/** Restores to random moments of a busy half minute: every row acknowledged before is there, none that was asked for after. */
export const restorePrecision: Benchmark = {
  name: 'restore-precision',
  async run(bench) {
    if (!hasCapability('postgresql', 'archive')) return [];
    const { rest, isQuick } = bench;
    const instance = await createInstance(rest);
    await operate(rest, instance.id, 'create-backup', { name: uniqueName('base') });
    const written = await write(bench, instance);
    const first = written[0]?.askedMs ?? 0;
    const last = written.at(-1)?.acknowledgedMs ?? 0;
    while (((await rest('getRestoreWindow', { path: { instanceId: instance.id } })).archivedToMs ?? 0) < last) await sleep(200);
    const moments = Array.from({ length: isQuick ? 5 : 50 }, () => Math.round(first + Math.random() * (last - first)));
    const seconds: number[] = [];
    let right = 0;
    for (const atMs of moments) {
      const startedMs = performance.now();
      const rows = await readAt(bench, instance, atMs);
      seconds.push((performance.now() - startedMs) / 1000);
      const must = written.filter(({ acknowledgedMs }) => acknowledgedMs < atMs).length;
      const may = written.filter(({ askedMs }) => askedMs <= atMs + 1).length;
      if (rows >= must && rows <= may) right += 1;
      else bench.say(`        at ${new Date(atMs).toISOString()}: ${rows} rows, not between ${must} and ${may}`);
    }
    return [
      {
        figure: 'restores to a random moment with the transactions before and after it on the right sides',
        unit: `of ${moments.length}`,
        value: right,
        median: null,
        p99: null,
        n: moments.length,
        bar: { atLeast: moments.length },
        barOf: 'all',
        peer: null,
        remark: `asked → first answer ${median(seconds).toFixed(1)} s`,
      },
    ];
  },
};

async function write({ rest }: Bench, instance: Instance): Promise<Written[]> {
  const client = await connectAsFirstUser(rest, instance);
  await client.query('create table written (n int)');
  const written: Written[] = [];
  for (const endMs = Date.now() + 30_000; Date.now() < endMs; ) {
    const n = written.length;
    const askedMs = Date.now();
    await client.query('insert into written values ($1)', [n]);
    written.push({ n, askedMs, acknowledgedMs: Date.now() });
  }
  await client.end();
  return written;
}

/** How many rows an instance made from that moment has: without a hole, as they were written one after another. */
async function readAt({ rest }: Bench, original: Instance, atMs: number): Promise<number> {
  const { projectId, datastore, version, flavorId, volumeBytes } = original;
  const from = { kind: 'point-in-time' as const, instanceId: original.id, atMs };
  const input = { name: uniqueName('past'), datastore, version, flavorId, volumeBytes, from };
  const started = await rest('createInstance', { body: { projectId, input } });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  await waitForOperation(rest, started.operation.id, 120_000);
  const instanceId = started.instanceId ?? '';
  const restored = await rest('getInstance', { path: { instanceId } });
  const { user, password } = await rest('revealPassword', { path: { instanceId }, body: { user: original.firstUser ?? '' } });
  const client = await connect(restored, await readCa(rest, projectId), { user, password, database: original.firstDatabase ?? '' });
  const { rows } = await client.query<{ n: number; last: number | null }>('select count(*)::int as n, max(n) as last from written');
  await client.end();
  await operate(rest, instanceId, 'delete-instance', { confirmName: restored.name });
  const { n = 0, last = null } = rows[0] ?? {};
  if (n !== (last ?? -1) + 1) throw new Error(`${n} rows, the last of them ${last}: there is a hole.`);
  return n;
}
