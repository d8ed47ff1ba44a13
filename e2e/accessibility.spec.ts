import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { everyPage } from './every-page.ts';
import { expect, test } from './fixtures.ts';

test('axe finds nothing on any page in the light and in the dark theme', async ({ page, secondPage, strangersPage, shared }) => {
  const pages = everyPage(shared);
  test.setTimeout(30_000 * pages.length);
  const found: Record<string, string[]> = {};
  await strangersPage.goto('/sign-in');
  await expect(strangersPage.getByRole('button', { name: 'Sign in' })).toBeVisible();
  found['sign-in'] = await findFaults(strangersPage);

  // Two at a time: while one page is being loaded the other is looked at.
  const left = [...pages];
  const lookAtThoseLeft = async (browser: Page) => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      await browser.goto(next.path);
      await expect(browser.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(browser.locator('[data-live="live"]')).toBeVisible();
      found[next.title] = await findFaults(browser);
    }
  };
  await Promise.all([page, secondPage].map(lookAtThoseLeft));
  expect(Object.keys(found).sort()).toEqual(['sign-in', ...pages.map(({ title }) => title)].sort());
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
});

async function findFaults(page: Page): Promise<string[]> {
  await chooseTheme(page, 'light');
  // No page has frames, so that none of axe's care for them is needed; and only what is wrong is described.
  const axe = new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } });
  const light = (await axe.analyze()).violations;
  await chooseTheme(page, 'dark');
  // The second time only the colours are others, and axe is in the page already.
  const rules = { runOnly: ['color-contrast', 'link-in-text-block'], resultTypes: ['violations'] };
  const dark = await page.evaluate(async (options) => (await (window as unknown as AxePage).axe.run(document, options)).violations, rules);
  return Object.entries({ light, dark }).flatMap(([theme, violations]) =>
    violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${theme}, ${id}: ${help}: ${node.target.join(' ')} ${node.html.slice(0, 200)}`),
    ),
  );
}

type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'];
type AxePage = { axe: { run(of: Document, options: object): Promise<{ violations: Violations }> } };

async function chooseTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
}
