import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { everyPage } from './every-page.ts';
import { expect, test } from './fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page in the ${colorScheme} theme`, async ({ page, strangersPage, shared }) => {
    const pages = everyPage(shared);
    test.setTimeout(20_000 * pages.length);
    const found: Record<string, string[]> = {};
    await strangersPage.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await strangersPage.goto('/sign-in');
    await expect(strangersPage.getByRole('button', { name: 'Sign in' })).toBeVisible();
    found['sign-in'] = await findFaults(strangersPage);

    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const { title, path } of pages) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('[data-live="live"]')).toBeVisible();
      found[title] = await findFaults(page);
    }
    expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
  });
}

async function findFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.html.slice(0, 200)}`),
  );
}
