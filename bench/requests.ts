import type { Bench, Benchmark, Figure } from './figure.ts';
import { load } from './load.ts';
import { plantInstances, removePlanted } from './plant-instances.ts';

const connections = 16;

/** GET of a page of 20 out of 1,000 instances, and of one, each with a valid token through the real server. */
export const requests: Benchmark = {
  name: 'requests',
  async run(bench) {
    const planted = await plantInstances(bench, 1000);
    const one = planted[500]?.instanceId ?? '';
    const list = await measure(bench, 'GET list of 20 out of 1,000', '/api/instances?limit=20', 1000, "3.3/s (Trove's API)");
    const single = await measure(bench, 'GET one instance', `/api/instances/${one}`, 2000, "37/s (Trove's API)");
    await removePlanted(bench);
    return [list, single];
  },
};

async function measure(bench: Bench, figure: string, path: string, atLeast: number, peer: string): Promise<Figure> {
  const headers = { authorization: `Bearer ${bench.token}` };
  const found = await load(bench.folder, { url: bench.product.url, path, headers, connections, seconds: bench.isQuick ? 4 : 10 });
  if (found.errors > 0) throw new Error(`${path}: ${found.errors} answers were not 200.`);
  return {
    figure,
    unit: 'requests/s',
    value: Math.round(found.answers / found.seconds),
    median: found.medianMs,
    p99: found.p99Ms,
    n: found.answers,
    bar: { atLeast },
    barOf: 'requests/s',
    peer,
    remark: `${connections} connections, ${found.bytes} bytes each; median and p99 in ms`,
  };
}
