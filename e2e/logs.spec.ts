import type { Page } from '@playwright/test';
import type pg from 'pg';
import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';

test('the log is followed, paused without loss, and filtered', async ({ page, rest, shared }) => {
  const client = await connectAsFirstUser(rest, shared);
  await page.goto(`/instances/${shared.id}/logs`);
  const lines = page.getByRole('log', { name: 'Log lines' });
  const follow = page.getByRole('switch', { name: 'Follow' });
  await expect(lines).toBeVisible();
  await expect(follow).toBeChecked();

  await test.step('a line that is written comes to the screen', async () => {
    await provoke(client, 'first_marker');
    await expect(lines.getByText('first_marker').first()).toBeVisible();
  });

  await test.step('scrolled up it holds still, counts what comes, and loses nothing', async () => {
    for (let number = 1; number <= 40; number += 1) await provoke(client, `filling_${number}_up`);
    await expect(lines.getByText('filling_40_up').first()).toBeVisible();
    await lines.hover();
    await page.mouse.wheel(0, -300);
    await expect(follow).not.toBeChecked();
    const before = await topLine(page);
    for (let number = 1; number <= 12; number += 1) await provoke(client, `while_paused_${number}_`);
    const pending = page.getByRole('button', { name: /^\d+ new lines$/ });
    await expect(pending).toBeVisible();
    expect(await topLine(page), 'what is being read does not move').toBe(before);
    await pending.click();
    for (let number = 1; number <= 12; number += 1) await expect(lines.getByText(`while_paused_${number}_`).first()).toBeVisible();
    await expect(follow).toBeChecked();
  });

  await test.step('the text filter leaves only lines that match, and is in the address', async () => {
    await page.getByLabel('Only lines with this text').fill('while_paused_7_');
    await expect(page).toHaveURL(/while_paused_7_/);
    await expect(lines.getByText('while_paused_7_').first()).toBeVisible();
    await expect(lines.getByText('first_marker')).toHaveCount(0);
    await page.reload();
    await expect(lines.getByText('while_paused_7_').first()).toBeVisible();
  });

  await test.step('a link to a line opens at that line and does not follow, on a phone, too', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByLabel('Only lines with this text').fill('filling_3_up');
    const link = lines.locator('[data-index]').filter({ hasText: 'filling_3_up' }).first().getByRole('link');
    await expect(link).toHaveText(/^\d\d:\d\d:\d\d/);
    await page.goto(`/instances/${shared.id}/logs${await link.getAttribute('href')}`);
    await expect(lines.getByText('filling_3_up').first()).toBeInViewport();
    await expect(follow).not.toBeChecked();
    await page.goto(`/instances/${shared.id}/logs#0.0.0:000000000007`);
    await expect(page.getByText('The linked line is not here'), 'of a file that is gone').toBeVisible();
    await expect(lines.locator('[data-index="0"]'), 'and what is left is shown from its beginning').toBeInViewport();
  });
  await client.end();
});

/** Makes the database write an error with this word into its log. */
async function provoke(client: pg.Client, word: string): Promise<void> {
  await client.query(`select ${word}`).catch(() => {});
}

/** The text of the first line on the screen. */
function topLine(page: Page): Promise<string> {
  return page.getByRole('log').evaluate((log) => {
    const top = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll('[data-index]')].find((candidate) => candidate.getBoundingClientRect().bottom > top + 4);
    return row?.textContent ?? '';
  });
}
