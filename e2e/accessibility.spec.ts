import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { everyPage } from './every-page.ts';
import { expect, test } from './fixtures.ts';

test('axe finds nothing on any page in the light and in the dark theme', async ({ page, strangersPage, shared }) => {
  const pages = everyPage(shared);
  test.setTimeout(30_000 * pages.length);
  const found: Record<string, string[]> = {};
  await strangersPage.goto('/sign-in');
  await expect(strangersPage.getByRole('button', { name: 'Sign in' })).toBeVisible();
  found['sign-in'] = await findFaults(strangersPage);

  for (const { title, path } of pages) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('[data-live="live"]')).toBeVisible();
    found[title] = await findFaults(page);
  }
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
});

async function findFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const axe = new AxeBuilder({ page });
    // The second time only the colours are others.
    if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await axe.analyze();
    for (const { id, help, nodes } of violations)
      faults.push(...nodes.map((node) => `${colorScheme}, ${id}: ${help}: ${node.target.join(' ')} ${node.html.slice(0, 200)}`));
  }
  return faults;
}
