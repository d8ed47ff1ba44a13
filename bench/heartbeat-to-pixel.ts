import { createInstance, operate } from '../e2e/instances.ts';
import { withPage } from './browser.ts';
import { type Bench, type Benchmark, toLatency } from './figure.ts';
import { plantInstances, removePlanted } from './plant-instances.ts';
import { simulateGuests } from './simulation.ts';

/** From a real agent's heartbeat leaving it to the frame that shows it on the instances page: alone, and among a thousand simulated. */
export const heartbeatToPixel: Benchmark = {
  name: 'heartbeat-to-pixel',
  async run(bench) {
    const instance = await createInstance(bench.rest);
    const alone = await watch(bench, instance.name);
    const guests = await plantInstances(bench, 1000);
    const simulated = await simulateGuests(bench.folder, { url: bench.product.url, guests, pace: { kind: 'each-second' } }, bench.say);
    simulated.begin();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const among = await watch(bench, instance.name);
    await simulated.stop();
    await simulated.end();
    await removePlanted(bench);
    await operate(bench.rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return [
      toLatency('heartbeat sent → pixel, 1 guest', alone, { percent: 99, atMost: 100 }),
      toLatency('heartbeat sent → pixel, 1,000 simulated beside it', among, { percent: 99, atMost: 250 }),
    ];
  },
};

/** One sample a heartbeat; agent and browser share this machine's clock. */
function watch(bench: Bench, name: string): Promise<number[]> {
  return withPage(bench, async (page) => {
    await page.goto('/instances?sort=createdAt');
    const row = page.locator(`[data-instance="${name}"]`);
    await row.locator('[data-sent-at]').first().waitFor();
    // A page that has just loaded is busy with itself; nobody watches a heartbeat then.
    await page.waitForTimeout(3_000);
    return page.evaluate(collect, { name, count: bench.isQuick ? 20 : 150 });
  });
}

/** Runs in the page: the frame after the one in which the row's mark changed is on the screen at the latest then. */
function collect({ name, count }: { name: string; count: number }): Promise<number[]> {
  return new Promise((resolve) => {
    const found: number[] = [];
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        if (!(target instanceof Element) || target.closest('[data-instance]')?.getAttribute('data-instance') !== name) continue;
        const sentAt = Number(target.getAttribute('data-sent-at'));
        requestAnimationFrame(() => {
          found.push(performance.timeOrigin + performance.now() - sentAt);
          if (found.length < count) return;
          observer.disconnect();
          resolve(found);
        });
      }
    });
    observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-sent-at'] });
  });
}
