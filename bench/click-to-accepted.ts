import { createInstance, operate, waitForStatus } from '../e2e/instances.ts';
import { askFromMenu, expectDone } from '../e2e/pages.ts';
import { withPage } from './browser.ts';
import { type Benchmark, toLatency } from './figure.ts';

/** From the click that confirms a restart to the frame in which the page says that the agent accepted it. */
export const clickToAccepted: Benchmark = {
  name: 'click-to-accepted',
  async run(bench) {
    const { rest, isQuick } = bench;
    const instance = await createInstance(rest);
    const samples = await withPage(bench, async (page) => {
      const found: number[] = [];
      await page.goto(`/instances/${instance.id}`);
      for (let time = 0; time <= (isQuick ? 20 : 100); time += 1) {
        const dialog = await askFromMenu(page, 'Restart instance');
        const accepted = page.evaluate(waitForAccepted);
        await dialog.getByRole('button', { name: `Restart ${instance.name}` }).click();
        found.push(await accepted);
        await expectDone(page);
        await waitForStatus(rest, instance.id, 'HEALTHY');
      }
      return found;
    });
    // The first click also loads the drawer's code.
    const [first = Number.NaN, ...warm] = samples;
    await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return [
      {
        ...toLatency('click → "accepted by agent" on the page', warm, { percent: 99, atMost: 150 }),
        remark: `the first click of a page, which loads code, took ${Math.round(first)} ms`,
      },
    ];
  },
};

/** Runs in the page: milliseconds from the next click to the frame after the accepted stage of a new operation carries its time. */
function waitForAccepted(): Promise<number> {
  return new Promise((resolve) => {
    const known = new Set(
      [...document.querySelectorAll('article[data-operation]')].map((article) => article.getAttribute('data-operation')),
    );
    let clickedAt: number | null = null;
    addEventListener('click', (event) => (clickedAt ??= event.timeStamp), { capture: true });
    const observer = new MutationObserver(() => {
      const fresh = [...document.querySelectorAll('article[data-operation]')].find(
        (article) => !known.has(article.getAttribute('data-operation')),
      );
      if (clickedAt === null || !fresh?.querySelector('ol[aria-label="Stages"] li:nth-child(3) .num')) return;
      const from = clickedAt;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - from));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
