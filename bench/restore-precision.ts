import { setTimeout as sleep } from 'node:timers/promises';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { operate, uniqueName, waitForOperation } from '../e2e/instances.ts';
import { type Bench, type Benchmark, type Figure, median } from './figure.ts';
import { createOne, engines, type Timed } from './one-of-each.ts';
import { openRows } from './rows.ts';

const minuteMs = 60_000;

type Written = { n: number; askedMs: number; acknowledgedMs: number };

/** Restores to random moments of a busy minute, no two the same: every row acknowledged before is there, none that was asked for after. */
export const restorePrecision: readonly Benchmark[] = engines
  .filter(({ datastore }) => hasCapability(datastore, 'archive'))
  .map((engine) => ({ name: `restore-precision-${engine.datastore}`, run: async (bench) => [await measure(bench, engine)] }));

async function measure(bench: Bench, { datastore, title }: Timed): Promise<Figure> {
  const { rest, isQuick } = bench;
  const instance = await createOne(rest, datastore);
  await operate(rest, instance.id, 'create-backup', { name: uniqueName('base') });
  const written = await write(bench, instance);
  const first = written[0]?.askedMs ?? 0;
  const last = written.at(-1)?.acknowledgedMs ?? 0;
  while (((await rest('getRestoreWindow', { path: { instanceId: instance.id } })).archivedToMs ?? 0) < last) await sleep(200);
  const grainMs = getDatastore(datastore).restoreGrainMs ?? 1;
  const moments = chooseMoments({ first, last, grainMs, amount: isQuick ? 5 : 50 });
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
  return {
    figure: `${title}: restores to a random ${grainMs === 1 ? 'moment' : 'whole second'} with the transactions before and after it on the right sides`,
    unit: `of ${moments.length}`,
    value: right,
    median: null,
    p99: null,
    n: moments.length,
    bar: { atLeast: moments.length },
    barOf: 'all',
    peer: null,
    remark: `asked → first answer ${median(seconds).toFixed(1)} s`,
  };
}

function chooseMoments({ first, last, grainMs, amount }: { first: number; last: number; grainMs: number; amount: number }): number[] {
  const chosen = new Set<number>();
  while (chosen.size < amount) chosen.add(Math.ceil((first + Math.random() * (last - first - grainMs)) / grainMs) * grainMs);
  return [...chosen];
}

async function write({ rest }: Bench, instance: Instance): Promise<Written[]> {
  const rows = await openRows(rest, instance);
  await rows.make();
  const written: Written[] = [];
  for (const endMs = Date.now() + minuteMs; Date.now() < endMs; ) {
    const n = written.length;
    const askedMs = Date.now();
    await rows.add(n);
    written.push({ n, askedMs, acknowledgedMs: Date.now() });
  }
  await rows.close();
  return written;
}

/** How many rows an instance made from that moment has: without a hole, as they were written one after another. */
async function readAt({ rest }: Bench, original: Instance, atMs: number): Promise<number> {
  const { projectId, datastore, version, flavorId, volumeBytes } = original;
  const from = { kind: 'point-in-time' as const, instanceId: original.id, atMs };
  const input = { name: uniqueName('past'), datastore, version, flavorId, volumeBytes, from };
  const started = await rest('createInstance', { body: { projectId, input } });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  await waitForOperation(rest, started.operation.id, { deadlineMs: 120_000 });
  const instanceId = started.instanceId ?? '';
  const restored = await rest('getInstance', { path: { instanceId } });
  const rows = await openRows(rest, restored, original);
  const { n, last } = await rows.count();
  await rows.close();
  await operate(rest, instanceId, 'delete-instance', { confirmName: restored.name });
  if (n !== (last ?? -1) + 1) throw new Error(`${n} rows, the last of them ${last}: there is a hole.`);
  return n;
}
