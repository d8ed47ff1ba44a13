import { connectAsFirstUser } from '../e2e/database-client.ts';
import { operate, uniqueName } from '../e2e/instances.ts';
import { fillNewInstance } from '../e2e/pages.ts';
import { withPage } from './browser.ts';
import { type Benchmark, median, percentile } from './figure.ts';

/** From the click on "Create instance" until the page says Healthy and a client is connected over TLS. */
export const create: Benchmark = {
  name: 'create',
  async run(bench) {
    const { rest, isQuick } = bench;
    const healthy: number[] = [];
    const connected: number[] = [];
    await withPage(bench, async (page) => {
      for (let time = 0; time < (isQuick ? 2 : 10); time += 1) {
        const name = uniqueName('timed');
        await page.goto('/instances/new');
        const button = await fillNewInstance(page, name);
        const clicked = page.evaluate(
          () => new Promise<number>((resolve) => addEventListener('click', () => resolve(Date.now()), { capture: true, once: true })),
        );
        await button.click();
        const from = await clicked;
        await page.getByRole('main').getByText('Healthy', { exact: true }).first().waitFor({ timeout: 30_000 });
        healthy.push(Date.now() - from);
        const instance = (await rest('listInstances', { query: { text: name } })).items[0];
        if (!instance) throw new Error(`${name} is not in the list.`);
        const client = await connectAsFirstUser(rest, instance);
        await client.query('select 1');
        connected.push(Date.now() - from);
        await client.end();
        await operate(rest, instance.id, 'delete-instance', { confirmName: name });
      }
    });
    return [
      {
        figure: 'click "create" → HEALTHY and accepting connections',
        unit: 's',
        value: median(connected) / 1000,
        median: median(connected) / 1000,
        p99: percentile(connected, 99) / 1000,
        n: connected.length,
        bar: { atMost: 4 },
        barOf: 's, median',
        peer: null,
        remark: `Healthy on the page after ${(median(healthy) / 1000).toFixed(2)} s, connected over TLS after that`,
      },
    ];
  },
};
