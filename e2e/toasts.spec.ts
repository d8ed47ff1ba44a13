import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

for (const [device, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
  test.describe(`at a ${device}`, () => {
    test.use({ viewport });
    test('a toast lies over no head, no title of a dialog, no button that does something', async ({ page, shared }) => {
      await page.goto(`/instances/${shared.id}/backups`);
      await expect(page.locator('[data-live="live"]')).toBeVisible();
      await page.getByRole('button', { name: /^Limit speed|^Limited to/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Save limit' }).click();
      const toast = page.locator('[data-sonner-toast][data-mounted="true"]', { hasText: 'Backups run as fast as they can.' });
      await expect(toast).toBeVisible();
      await expectApart(page, toast, [
        page.getByRole('heading', { level: 1 }).locator('..'),
        page.getByRole('main').getByRole('button', { name: 'Actions' }),
        page.getByRole('navigation').filter({ visible: true }).first().getByRole('link').first(),
      ]);
      await page.getByRole('button', { name: /^Limit speed/ }).click();
      const dialog = page.getByRole('dialog');
      await expectApart(page, toast, [
        dialog.locator('header'),
        dialog.getByRole('button', { name: 'Save limit' }),
        dialog.getByRole('button', { name: 'Close' }),
      ]);
    });
  });
}

/** Once it stands still: it slides in and moves aside. */
async function expectApart(page: Page, toast: Locator, others: readonly Locator[]): Promise<void> {
  await expect(async () => {
    const place = await toast.boundingBox();
    await page.waitForTimeout(100);
    expect(await toast.boundingBox()).toEqual(place);
    for (const other of others) {
      const box = await other.boundingBox();
      if (place === null || box === null) throw new Error('One of both is not there.');
      const isApart =
        place.x >= box.x + box.width || box.x >= place.x + place.width || place.y >= box.y + box.height || box.y >= place.y + place.height;
      expect(isApart, `${JSON.stringify(place)} over ${JSON.stringify(box)}`).toBe(true);
    }
  }).toPass({ timeout: 3000 });
}
