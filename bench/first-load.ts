import { gzipSync } from 'node:zlib';
import { withPage } from './browser.ts';
import type { Benchmark } from './figure.ts';
import { plantInstances, removePlanted } from './plant-instances.ts';

/** Every script the browser fetches before the instances page shows its rows and rests, gzipped one by one. */
export const firstLoad: Benchmark = {
  name: 'first-load',
  async run(bench) {
    await plantInstances(bench, 1000);
    const sizes = await withPage(bench, async (page) => {
      const bodies: Promise<number>[] = [];
      page.on('response', (answer) => {
        if (answer.request().resourceType() === 'script') bodies.push(answer.body().then((body) => gzipSync(body).length));
      });
      await page.goto('/instances');
      await page.getByText('simulated-0001').first().waitFor();
      await page.waitForLoadState('load');
      return Promise.all(bodies);
    });
    await removePlanted(bench);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    return [
      {
        figure: 'first-load JavaScript of /instances, 1,000 rows, gzipped',
        unit: 'kB',
        value: Math.round(total / 100) / 10,
        median: null,
        p99: null,
        n: sizes.length,
        bar: { atMost: 200 },
        barOf: 'kB',
        peer: null,
        remark: `${sizes.length} scripts`,
      },
    ];
  },
};
