import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { expectState } from './pages.ts';
import { getGuest, getPostmaster } from './processes.ts';
import { killServer, startProduct } from './product.ts';

test('when the server is killed the page greys and says since when; it returns by itself, and no database was restarted', async ({
  page,
  product,
  rest,
  shared,
}) => {
  const postmaster = getPostmaster(getGuest(product.data, shared.id));
  const client = await connectAsFirstUser(rest, shared);
  await page.goto(`/instances/${shared.id}`);
  await expect(page.locator('[data-live="live"]')).toBeVisible();

  await killServer(product);
  const banner = page.getByRole('status').filter({ hasText: 'Disconnected since' });
  await expect(banner).toContainText(/since \d\d:\d\d:\d\d/, { timeout: 5_000 });
  await expect(banner.locator('time'), 'the exact time and its zone on hover').toHaveAttribute('title', /^\d{4}-\d\d-\d\d .* UTC/);
  await expect(page.locator('[data-stale]')).toBeVisible();
  await expect(page.getByRole('heading', { name: shared.name }), 'the last known state stays readable').toBeVisible();
  expect((await client.query('select 1 as one')).rows, 'the database goes on without the server').toEqual([{ one: 1 }]);

  // The code of both is fetched when they are first used, which nobody answers now.
  const unfetched = page.getByText('cannot be fetched from the control plane now').first();
  await page.keyboard.press('Control+k');
  await expect(unfetched).toBeVisible();
  await expect(unfetched).toHaveCount(0);
  await page.getByRole('main').getByRole('button', { name: 'Actions' }).click();
  await expect(unfetched).toBeVisible();
  const unopened = page.getByText('no other page can be opened').first();
  for (const leave of [() => page.getByRole('link', { name: 'Operations' }).first().click(), () => page.keyboard.type('gb')]) {
    await leave();
    await expect(unopened).toBeVisible();
    await expect(unopened).toHaveCount(0);
  }
  await expect(page.getByRole('heading', { name: shared.name }), 'the page stays').toBeVisible();

  await startProduct(product);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  await expect(banner).toHaveCount(0);
  await expect(page.locator('[data-stale]')).toHaveCount(0);
  await expectState(page, 'Healthy');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Search or run' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByRole('button', { name: 'Actions' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  expect(getPostmaster(getGuest(product.data, shared.id)), 'the very same process').toMatchObject({
    pid: postmaster.pid,
    startTicks: postmaster.startTicks,
  });
  expect((await client.query('select 2 as two')).rows, 'the connection of before still works').toEqual([{ two: 2 }]);
  await client.end();
});
