import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance } from './instances.ts';
import { expectState } from './pages.ts';
import { getAgent, getGuest, getPostmaster, killHard } from './processes.ts';

test('a killed database is on the open page, is restarted, and has every row', async ({ page, product, rest }) => {
  const instance = await createInstance(rest);
  const guest = getGuest(product.data, instance.id);
  const before = await connectAsFirstUser(rest, instance);
  await before.query('create table kept (word text)');
  await before.query(`insert into kept values ('still here')`);
  await page.goto(`/instances/${instance.id}/events`);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  await expect(page.getByText('Operator created this instance.')).toBeVisible();

  await killHard(getPostmaster(guest));
  const event = page
    .getByRole('main')
    .getByText(/process ended|crashed/i)
    .first();
  await expect(event).toBeVisible();

  await page.goto(`/instances/${instance.id}`);
  await expectState(page, 'Healthy');
  await expect(page.getByText(/restarted .* ago/i).first()).toBeVisible();
  const after = await connectAsFirstUser(rest, instance);
  expect((await after.query('select word from kept')).rows).toEqual([{ word: 'still here' }]);
  await after.end();
  await before.end().catch(() => {});
});

test('a killed agent leaves the database running; the page says so, and a new agent takes it over', async ({ page, product, rest }) => {
  const instance = await createInstance(rest);
  const guest = getGuest(product.data, instance.id);
  const postmaster = getPostmaster(guest);
  const agent = getAgent(guest);
  const client = await connectAsFirstUser(rest, instance);
  await page.goto(`/instances/${instance.id}`);
  await expectState(page, 'Healthy');

  // The new agent may be back within half a second: every frame is looked at.
  await expect(page.getByRole('main')).not.toContainText('Agent silent');
  const silent = page.waitForFunction(() => document.querySelector('main')?.textContent.includes('Agent silent'), null, {
    timeout: 10_000,
  });
  await killHard(agent);
  await silent;
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await expectState(page, 'Healthy');

  expect(getAgent(guest).pid).not.toBe(agent.pid);
  expect(getPostmaster(guest)).toMatchObject({ pid: postmaster.pid, startTicks: postmaster.startTicks });
  expect((await client.query('select 2 as two')).rows, 'the connection was never cut').toEqual([{ two: 2 }]);
  await client.end();
});
