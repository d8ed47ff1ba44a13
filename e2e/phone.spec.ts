import { everyPage } from './every-page.ts';
import { expect, test } from './fixtures.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

test('on a phone no page scrolls sideways, and the bottom bar goes everywhere', async ({ page, shared }) => {
  const tooWide: string[] = [];
  for (const { title, path } of everyPage(shared)) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('[data-live="live"]')).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) tooWide.push(`${title}: ${width} px`);
  }
  expect(tooWide).toEqual([]);

  await page.getByRole('navigation').filter({ visible: true }).getByRole('link', { name: 'Backups' }).click();
  await expect(page).toHaveURL(/\/backups/);
});
