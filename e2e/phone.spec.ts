import { everyPage } from './every-page.ts';
import { expect, test } from './fixtures.ts';
import { expectDone } from './pages.ts';

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

  await page.goto(`/instances/${shared.id}/databases`);
  await expect(page.getByRole('row', { name: /, owner \S/ }).first()).toBeInViewport();
  const words = page
    .getByText(/, owner \S/)
    .filter({ visible: true })
    .first();
  await expect(words).toHaveText(/^[\d.]+ [kM]B, owner /);
  const box = await words.boundingBox();
  expect((box?.x ?? 390) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
});

test('on a phone rows are selected with a finger, and the chosen ones restarted together', async ({ page, shared }) => {
  await page.goto('/instances');
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  const row = page.locator(`[data-instance="${shared.name}"]`);
  // Beside the box, where a finger lands: it selects and does not open the instance.
  const box = await row.getByRole('checkbox').boundingBox();
  await page.touchscreen.tap((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
  await expect(row.getByRole('checkbox')).toBeChecked();
  await expect(page).toHaveURL(/\/instances$/);

  const bar = page.getByRole('main').getByText('1 selected').locator('..');
  for (const name of ['Start', 'Stop', 'Restart', 'Clear the selection']) {
    const button = await bar.getByRole('button', { name, exact: true }).boundingBox();
    expect((button?.x ?? 390) + (button?.width ?? 0), name).toBeLessThanOrEqual(390);
  }
  await bar.getByRole('button', { name: 'Restart', exact: true }).tap();
  await page.getByRole('dialog', { name: 'Restart 1 instance' }).getByRole('button', { name: 'Restart 1 instance' }).tap();
  await expectDone(page);
});
