import { expect, test } from './fixtures.ts';
import { joinNewProject } from './people.ts';

test('a person without a session is asked to sign in, and lands where they wanted to go', async ({ strangersPage: page, operator }) => {
  await page.goto('/operations');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('Name').fill(operator.username);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('The name or the password is wrong.').first()).toBeVisible();

  await page.getByLabel('Password').fill(operator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/operations/);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
});

test('signing out ends every open page of that session within a second', async ({ browser, product, rest }) => {
  const person = await joinNewProject(product, rest, 'member');
  const context = await browser.newContext({ baseURL: product.url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Name').fill(person.username);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/instances/);
  const second = await context.newPage();
  await second.goto('/instances');
  await expect(second.locator('[data-live="live"]')).toBeVisible();

  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(second).toHaveURL(/\/sign-in/, { timeout: 1_500 });
  await context.close();
});
