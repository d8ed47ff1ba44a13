import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { joinNewProject } from './people.ts';

test('a person without a session is asked to sign in, and lands where they wanted to go', async ({ strangersPage: page, operator }) => {
  // A page that does not listen yet, on a slow line: what is filled in then must not be lost when it wakes up.
  let comeThrough: () => void = () => {};
  const scripts = new Promise<void>((resolve) => {
    comeThrough = resolve;
  });
  await page.goto('/operations');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.route(/\.js$/, (route) => scripts.then(() => route.continue()));
  await page.reload({ waitUntil: 'commit' });
  await page.getByLabel('Name').fill(operator.username);
  await page.getByLabel('Password').fill('not the password');
  comeThrough();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('The name or the password is wrong.').first()).toBeVisible();

  await page.getByLabel('Password').fill(operator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/operations/);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
});

test('an invitation that is not open any more says so before a form is filled in for it', async ({ strangersPage: page, rest }) => {
  const projectId = (await rest('listProjects')).items[0]?.id ?? '';
  const invitation = await rest('createInvitation', { path: { projectId }, body: { role: 'viewer' } });
  await page.goto(invitation.link ?? '');
  await expect(page.getByLabel('Sign-in name')).toBeVisible();
  await rest('deleteInvitation', { path: { projectId, invitationId: invitation.id } });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This invitation is not open any more' })).toBeVisible();
  await expect(page.getByLabel('Sign-in name')).toHaveCount(0);
});

test('signing out ends every open page of that session', async ({ browser, product, rest }) => {
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
  await expect(second).toHaveURL(/\/sign-in/);
  await context.close();
});

test('a token that is asked for by two presses at once is one token', async ({ page, rest }) => {
  const name = uniqueName('pressed-twice');
  await page.goto('/tokens');
  await page.getByRole('button', { name: 'New token' }).first().click();
  await page.getByLabel('Name').fill(name);
  // As a page hears them that was busy for a moment: one after the other, nothing drawn between.
  await page.getByRole('button', { name: 'Create token' }).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await expect(page.getByText(`Token ${name} works from now on.`)).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  const { items } = await rest('listTokens');
  expect(items.filter((token) => token.name === name)).toHaveLength(1);
});
