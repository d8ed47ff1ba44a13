import { expect, test } from './fixtures.ts';
import { createInstance, uniqueName } from './instances.ts';
import { askFromMenu, expectState } from './pages.ts';

test('two browsers see the same', async ({ page, secondPage, rest }) => {
  const instance = await createInstance(rest, { name: uniqueName('seen') });
  await page.goto(`/instances/${instance.id}`);
  await secondPage.goto('/instances');
  await expect(secondPage.getByText(instance.name).first()).toBeVisible();
  const renamed = uniqueName('seen-again');

  const dialog = await askFromMenu(page, 'Rename instance');
  await dialog.getByLabel('New name').fill(renamed);
  await dialog.getByRole('button', { name: `Rename ${instance.name}` }).click();
  await expect(page.getByRole('heading', { level: 1, name: renamed })).toBeVisible();
  await expect(secondPage.getByText(renamed).first()).toBeVisible();

  // What lives in the engine, too.
  await secondPage.goto(`/instances/${instance.id}/databases`);
  await expect(secondPage.getByRole('row').filter({ hasText: 'shop' })).toBeVisible();
  await rest('createDatabase', { path: { instanceId: instance.id }, body: { name: 'ledger' } });
  await expect(secondPage.getByRole('row').filter({ hasText: 'ledger' })).toBeVisible();
  await secondPage.goto('/instances');

  const stop = await askFromMenu(page, 'Stop instance');
  await stop.getByRole('button', { name: `Stop ${renamed}` }).click();
  await expectState(page, 'Stopped');
  const row = secondPage.getByRole('row').filter({ hasText: renamed });
  await expect(row.getByText('Stopped', { exact: true }).filter({ visible: true })).toBeVisible();
});
