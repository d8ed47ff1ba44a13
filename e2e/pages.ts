import type { Locator, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';

/** Opens the Actions menu of the instance's page and chooses by title; answers the dialog, if that operation asks anything. */
export async function askFromMenu(page: Page, title: string): Promise<Locator> {
  const item = page.getByRole('menuitem', { name: new RegExp(`^${title}`) });
  // A page that is still being changed for another closes a menu opened on it.
  await expect(async () => {
    if (!(await item.isVisible())) await page.getByRole('main').getByRole('button', { name: 'Actions' }).click({ timeout: 5000 });
    await item.click({ timeout: 3000 });
  }).toPass({ timeout: 30_000 });
  return page.getByRole('dialog');
}

/** Asks for an operation by its title, confirms, waits until the drawer says Done, and folds it. */
export async function operateOnPage(page: Page, title: string, confirm: RegExp, fill?: (dialog: Locator) => Promise<void>): Promise<void> {
  const dialog = await askFromMenu(page, title);
  await fill?.(dialog);
  // By its id: until it is drawn, the newest one there is one that succeeded before.
  const answered = page.waitForResponse(async (response) => response.status() === 202 && 'operation' in (await response.json()));
  await dialog.getByRole('button', { name: confirm }).click();
  const { operation } = (await (await answered).json()) as { operation: { id: string } };
  // In the drawer, or in the chip that it folds to.
  await expect(page.locator(`[data-operation="${operation.id}"]`).first()).toHaveAttribute('data-state', 'succeeded');
  await foldDrawer(page);
}

/** The newest operation ends well; then the drawer is folded, as it lies over the right edge of the page. */
export async function expectDone(page: Page): Promise<void> {
  // The pointer over it keeps it open.
  await drawer(page).hover();
  await expect(newestOperation(page)).toHaveAttribute('data-state', 'succeeded');
  await foldDrawer(page);
}

/** By itself it folds soon after the last success. */
async function foldDrawer(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
}

/** The newest operation in the drawer of what I started. */
export function newestOperation(page: Page): Locator {
  return drawer(page).locator('article').first();
}

function drawer(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Operations I started' });
}

/** Types the one thing a new instance needs; answers the button that creates it. Unless `byItself`, no backup of its own comes between what a spec does. */
export async function fillNewInstance(page: Page, name: string, { byItself = false } = {}): Promise<Locator> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('switch', { name: 'Back it up by schedule' }).setChecked(byItself);
  return page.getByRole('button', { name: `Create ${name}` });
}

/** Creates from the new-instance page as it stands and waits for the instance's own page. */
export async function createOnPage(page: Page, name: string, options: { byItself?: boolean } = {}): Promise<void> {
  const button = await fillNewInstance(page, name, options);
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
  await button.click();
  await expect(page).toHaveURL(/\/instances\/[0-9a-f-]{36}/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await foldDrawer(page);
}

/** The state's word in the head of the page, or wherever it stands first. */
export async function expectState(page: Page, word: string): Promise<void> {
  const mark = page.getByRole('main').getByText(word, { exact: true }).first();
  await expect(mark).toBeVisible();
}

/**
 * What the connection card of the open instance says: the command of this client, with the CA certificate it names downloaded, and the
 * password, for which the client would ask a terminal.
 */
export async function readConnectionCard(page: Page, client: string): Promise<{ command: string; password: string }> {
  const card = page.getByRole('region', { name: 'Connect' });
  await card.getByRole('button', { name: /^Reveal the password/ }).click();
  await expect(card.getByTestId('password')).not.toContainText('•');
  const password = (await card.getByTestId('password').textContent()) ?? '';
  const downloading = page.waitForEvent('download');
  await card.getByRole('link', { name: 'CA certificate' }).click();
  const download = await downloading;
  const caFile = test.info().outputPath('ca.pem');
  await download.saveAs(caFile);
  await card.getByRole('tab', { name: client, exact: true }).click();
  const shown = (await card.getByRole('tabpanel').locator('pre').textContent()) ?? '';
  expect(shown).toContain(download.suggestedFilename());
  const command = shown.replace(download.suggestedFilename(), caFile).replace(/ --(password|askpass)(?= |$)/, '');
  return { command, password };
}
