import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState, operateOnPage } from './pages.ts';

test('a DBA takes a PostgreSQL 15 to 18: told before what goes and for how long, by typing its name', async ({ page }) => {
  await page.goto('/instances/new');
  await page.getByText('PostgreSQL 15', { exact: true }).click();
  const name = uniqueName('books');
  await createOnPage(page, name);
  await expectState(page, 'Healthy');
  await operateOnPage(page, 'Upgrade version', /^Upgrade/, async (dialog) => {
    await expect(dialog.getByRole('button', { name: /^Upgrade/ })).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByLabel('Version').selectOption('18');
    await expect(dialog).toContainText(/Reads and writes, for \d+ s to \d+ s/);
    await expect(dialog).toContainText('The data of 15 beside the new until that answers');
    await dialog.getByRole('textbox').last().fill(name);
  });
  await expectState(page, 'Healthy');
  await expect(page.getByRole('main')).toContainText('PostgreSQL 18');
});
