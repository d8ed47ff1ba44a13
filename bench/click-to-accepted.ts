import { createInstance, operate, waitForStatus } from '../e2e/instances.ts';
import { askFromMenu } from '../e2e/pages.ts';
import { withPage } from './browser.ts';
import { type Benchmark, median, percentile } from './figure.ts';

/** From the click that confirms a restart to the frame in which the page says that the agent accepted it. */
export const clickToAccepted: Benchmark = {
  name: 'click-to-accepted',
  async run(bench) {
    const { rest, isQuick } = bench;
    const instance = await createInstance(rest);
    const samples = await withPage(bench, async (page) => {
      const found: number[] = [];
      for (let time = 0; time < (isQuick ? 5 : 100); time += 1) {
        await page.goto(`/instances/${instance.id}`);
        const dialog = await askFromMenu(page, 'Restart instance');
        const accepted = page.evaluate(waitForAccepted);
        await dialog.getByRole('button', { name: `Restart ${instance.name}` }).click();
        found.push(await accepted);
        await page.locator('article[data-state="succeeded"]').waitFor({ timeout: 30_000 });
        await waitForStatus(rest, instance.id, 'HEALTHY');
      }
      return found;
    });
    await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return [
      {
        figure: 'click → "accepted by agent" on the page',
        unit: 'ms',
        value: percentile(samples, 99),
        median: median(samples),
        p99: percentile(samples, 99),
        n: samples.length,
        bar: { atMost: 150 },
        barOf: 'ms, p99',
        peer: null,
        remark: null,
      },
    ];
  },
};

/** Runs in the page: milliseconds from the next click to the frame after the accepted stage carries its time. */
function waitForAccepted(): Promise<number> {
  return new Promise((resolve) => {
    let clickedAt: number | null = null;
    addEventListener('click', (event) => (clickedAt ??= event.timeStamp), { capture: true });
    const observer = new MutationObserver(() => {
      if (clickedAt === null || document.querySelector('article[data-operation] ol[aria-label="Stages"] li:nth-child(3) .num') === null)
        return;
      const from = clickedAt;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - from));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
