import { type ObjectStore, startObjectStore } from '#drivers/storage/object-store/object-store.testsuite.ts';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';

let started: ObjectStore | null = null;
test.afterEach(() => started?.stop());

test('a bucket is added, tested, made the default, and deleted; one that cannot be reached says why', async ({ page, rest }) => {
  const store = await startObjectStore();
  started = store;
  await store.createContainer('backups');
  const name = uniqueName('bucket');
  await page.goto('/storage');
  const table = page.getByRole('table', { name: 'Storages for backups' });
  const row = table.getByRole('row', { name: new RegExp(`^${name}`) });
  const outcome = page.getByRole('list', { name: `Test of ${name}` });

  await test.step('the local directory comes first, is tested, and offers no deletion', async () => {
    const local = table.getByRole('row').nth(1);
    await expect(local).toContainText('Local directory');
    await expect(local.getByRole('button')).toHaveText(['Test']);
    await local.getByRole('button').click();
    await expect(page.getByRole('list', { name: 'Test of the local directory' })).toContainText('Deleted');
  });

  await test.step('what is missing is said at its field; what is added is tested at once', async () => {
    await page.getByRole('button', { name: 'Add storage' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add storage' }).click();
    await expect(dialog.getByLabel('Endpoint')).toHaveAccessibleDescription(/Enter an address/);
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Endpoint').fill(store.url);
    await dialog.getByLabel('Region').fill(store.region);
    await dialog.getByLabel('Bucket').fill('backups');
    await dialog.getByLabel('Access key').fill(store.user);
    await dialog.getByLabel('Secret key').fill(store.password);
    await dialog.getByRole('button', { name: 'Add storage' }).click();
    await expect(outcome).toContainText('Written');
    await expect(outcome).toContainText('Read back');
    await expect(outcome).toContainText('Deleted');
    expect(await store.listNames('backups')).toEqual([]);
  });

  await test.step('the default moves from the local directory and back', async () => {
    const choose = async (item: string) => {
      await row.getByRole('button', { name: `More for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Make it the default');
    await expect(row.getByText('default', { exact: true })).toBeVisible();
    await expect(table.getByRole('row').nth(1).getByText('default', { exact: true })).toHaveCount(0);
    await choose('No longer the default');
    await expect(table.getByRole('row').nth(1).getByText('default', { exact: true })).toBeVisible();
  });

  await test.step('a server that is gone is named with the cause', async () => {
    await store.stop();
    await row.getByRole('button', { name: 'Test' }).click();
    await expect(outcome).toContainText('Not written');
    await expect(outcome).toContainText('ECONNREFUSED');
    await expect(outcome).toContainText('Not tried to read');
  });

  await test.step('it is deleted', async () => {
    await row.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Delete ${name}` })
      .click();
    await expect(row).toHaveCount(0);
    // A row behind an open dialog is none either.
    await expect.poll(async () => (await rest('listStorageTargets')).items.map((target) => target.name)).not.toContain(name);
  });
});
