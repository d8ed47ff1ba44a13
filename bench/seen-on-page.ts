import type { Instance } from '#contract/resources/instance.ts';
import { connectAsFirstUser } from '../e2e/database-client.ts';
import { createInstance, operate, waitForStatus } from '../e2e/instances.ts';
import { joinNewProject } from '../e2e/people.ts';
import { getGuest, getPostmaster, killHard } from '../e2e/processes.ts';
import { withPage } from './browser.ts';
import { type Bench, type Benchmark, toLatency } from './figure.ts';

/** What happens elsewhere, until the frame of an open page that shows it: a log's line, a killed database, another's change, the end of a membership. */
export const seenOnPage: Benchmark = {
  name: 'seen-on-page',
  async run(bench) {
    const instance = await createInstance(bench.rest);
    const figures = [
      toLatency('line written to a log → on the page', await watchLog(bench, instance), { percent: 95, atMost: 1000 }),
      toLatency('database created by one → seen by another', await watchDatabases(bench, instance), { percent: 99, atMost: 1000 }),
      toLatency('kill -9 of the database → event on the page', await watchCrashes(bench, instance), { percent: 99, atMost: 2000 }),
      toLatency('membership revoked → the open page is quiet', await watchRevocations(bench), { percent: 99, atMost: 1000 }),
    ];
    await operate(bench.rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return figures;
  },
};

/** A statement that fails writes its line; the time begins before it is sent. */
async function watchLog(bench: Bench, instance: Instance): Promise<number[]> {
  const client = await connectAsFirstUser(bench.rest, instance);
  const found = await watch(bench, `/instances/${instance.id}/logs`, bench.isQuick ? 20 : 100, (number) => ({
    text: `marker_${number}_`,
    cause: () => client.query(`select marker_${number}_`).catch(() => {}),
  }));
  await client.end();
  return found;
}

function watchDatabases(bench: Bench, instance: Instance): Promise<number[]> {
  return watch(bench, `/instances/${instance.id}/databases`, bench.isQuick ? 5 : 30, (number) => ({
    text: `ledger_${number}_`,
    cause: () => bench.rest('createDatabase', { path: { instanceId: instance.id }, body: { name: `ledger_${number}_` } }),
  }));
}

/** Four of them: at the fifth within ten minutes the agent gives up. */
function watchCrashes(bench: Bench, instance: Instance): Promise<number[]> {
  const { product, rest, isQuick } = bench;
  return watch(bench, `/instances/${instance.id}/events`, isQuick ? 2 : 4, (number) => ({
    text: 'The database process ended unexpectedly.',
    times: number,
    cause: () => killHard(getPostmaster(getGuest(product.data, instance.id))),
    after: () => waitForStatus(rest, instance.id, 'HEALTHY'),
  }));
}

/** Each of a new member, whose project holds nothing. */
async function watchRevocations(bench: Bench): Promise<number[]> {
  const found: number[] = [];
  for (let number = 1; number <= (bench.isQuick ? 2 : 10); number += 1) {
    const { cookie, projectId, username } = await joinNewProject(bench.product, bench.rest, 'member');
    const { items } = await bench.rest('listMembers', { path: { projectId } });
    const memberId = items.find((member) => member.username === username)?.id ?? '';
    const once = await watch({ ...bench, cookie }, '/instances', 1, () => ({
      text: 'You belong to no project yet',
      cause: () => bench.rest('removeMember', { path: { projectId, memberId } }),
    }));
    found.push(...once);
  }
  return found;
}

type Happening = { text: string; times?: number; cause(): Promise<unknown>; after?(): Promise<unknown> };

/** Milliseconds from each cause to the frame that shows its text; browser and benchmark share this machine's clock. */
function watch(bench: Bench, address: string, count: number, happen: (number: number) => Happening): Promise<number[]> {
  return withPage(bench, async (page) => {
    await page.goto(address);
    await page.locator('[data-live="live"]').waitFor();
    // A page that has just loaded is busy with itself.
    await page.waitForTimeout(3_000);
    const found: number[] = [];
    for (let number = 1; number <= count; number += 1) {
      const { text, times = 1, cause, after } = happen(number);
      const seen = page.evaluate(waitForText, { text, times });
      // Answered after the one before: the page listens before anything happens.
      await page.evaluate(() => undefined);
      const fromMs = performance.timeOrigin + performance.now();
      await cause();
      found.push((await seen) - fromMs);
      await after?.();
    }
    return found;
  });
}

/** Runs in the page: when the frame is drawn in which the main part holds the text so many times. */
function waitForText({ text, times }: { text: string; times: number }): Promise<number> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const main = document.querySelector('main')?.textContent ?? '';
      if (main.split(text).length <= times) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
