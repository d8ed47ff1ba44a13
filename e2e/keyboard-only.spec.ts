import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName } from './instances.ts';
import { expectState } from './pages.ts';

test('an instance is created, restarted and found again with the keyboard alone', async ({ page }) => {
  const name = uniqueName('keys');
  await page.goto('/instances');
  await expect(page.locator('[data-live="live"]')).toBeVisible();

  await page.keyboard.press('n');
  await expect(page).toHaveURL(/\/instances\/new/);
  await tabTo(page, () => page.getByLabel('Name', { exact: true }));
  await page.keyboard.type(name);
  await tabTo(page, () => page.getByRole('button', { name: `Create ${name}` }));
  await page.keyboard.press('Enter');
  await expectState(page, 'Healthy');

  await openPalette(page);
  await page.keyboard.type(`restart ${name}`);
  await expect(page.getByRole('option', { name: `Restart instance ${name}` })).toBeVisible();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: `Restart ${name}` });
  await expect(dialog).toContainText('Every connection is closed');
  await tabTo(page, () => dialog.getByRole('button', { name: `Restart ${name}` }));
  await page.keyboard.press('Enter');
  await expect(page.locator('article[data-state="succeeded"]').first()).toBeVisible();

  await openPalette(page);
  await page.keyboard.type('go to instances');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/instances$/);
  await expect(page.getByRole('main').getByText(name).first()).toBeVisible();
});

test('a closed button says why to the keyboard, too', async ({ page, shared }) => {
  await page.goto(`/instances/${shared.id}`);
  await expectState(page, 'Healthy');
  await tabTo(page, () => page.getByRole('main').getByRole('button', { name: 'Actions' }));
  await page.keyboard.press('Enter');
  const item = page.getByRole('menuitem', { name: /^Start instance/ });
  await expect(item).toHaveAttribute('aria-disabled', 'true');
  await expect(item).toContainText(/already running/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('who deletes the last backup with the keyboard stays where it was listed', async ({ page, rest }) => {
  const instance = await createInstance(rest, { name: uniqueName('keys') });
  const name = uniqueName('base');
  await operate(rest, instance.id, 'create-backup', { name });
  await page.goto(`/instances/${instance.id}/backups`);
  await tabTo(page, () => page.getByRole('button', { name: `Delete ${name}` }));
  await page.keyboard.press('Enter');
  await tabTo(page, () => page.getByRole('dialog').getByRole('button', { name: 'Delete backup' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('No backups yet')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Backups', exact: true })).toBeFocused();
});

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(
    page
      .getByRole('combobox', { name: 'Search or run' })
      .or(page.getByPlaceholder(/^Go to a page/))
      .first(),
  ).toBeFocused();
}

/** Presses Tab until the focus is there; fails when it does not come by. */
async function tabTo(page: Page, target: () => ReturnType<Page['locator']>): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab never reached it.');
}
