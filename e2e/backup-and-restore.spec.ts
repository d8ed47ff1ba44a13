import { connect, connectAsFirstUser, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, uniqueName } from './instances.ts';
import { createOnPage, expectState, operateOnPage } from './pages.ts';

test('a row that was backed up is there in the restored instance, also when the original is gone wrong', async ({ page, rest }) => {
  const instance = await createInstance(rest, { name: uniqueName('origin') });
  const { user, password, database } = await readLogin(instance.id);
  const client = await connectAsFirstUser(rest, instance);
  await client.query(`create table orders (word text); insert into orders values ('saved')`);
  const backup = uniqueName('before-the-mistake');
  await page.goto(`/instances/${instance.id}/backups`);
  await operateOnPage(page, 'Create backup', /^Back up/, (dialog) => dialog.getByLabel('Name of the backup').fill(backup));
  const row = page.getByRole('row').filter({ hasText: backup });
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(row.getByText(/^by .+ · took .+ at .+\/s$/), 'on a phone, too').toBeVisible();
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect(row).toContainText('Completed');
  await client.query('drop table orders');
  await client.end();

  await page.goto('/backups');
  const looked = page.getByLabel('Only backups with this text in their name, instance or maker');
  await looked.pressSequentially(backup);
  await page.getByLabel('State').selectOption('Completed');
  await expect(looked, 'every letter of a fast hand, beside another filter').toHaveValue(backup);
  await expect(page).toHaveURL((url) => url.searchParams.size === 2 && url.searchParams.toString().includes(backup));
  await expect(page.getByRole('row').filter({ hasText: 'Completed' })).toHaveCount(1);

  await test.step('what the address asks for is taken in any case, and what is none is said', async () => {
    await page.goto('/backups?State=lost&colour=red');
    await expect(page.getByText('No state is called “lost”.')).toBeVisible();
    await expect(page).toHaveURL(/\/backups\?state=lost$/);
    await page.goto(`/backups?STATE=completed&text=${backup}`);
    await expect(page).toHaveURL((url) => url.searchParams.get('state') === 'COMPLETED');
  });

  await row.getByRole('link', { name: /^Restore/ }).click();
  await createOnPage(page, uniqueName('restored'));
  await expectState(page, 'Healthy');

  const id = new URL(page.url()).pathname.split('/')[2] ?? '';
  const restored = await rest('getInstance', { path: { instanceId: id } });
  const after = await connect(restored, await readCa(rest), { user, password, database });
  expect((await after.query('select word from orders')).rows).toEqual([{ word: 'saved' }]);
  await after.query(`insert into orders values ('written after the restore')`);
  await after.end();

  async function readLogin(instanceId: string) {
    const found = await rest('revealPassword', { path: { instanceId }, body: { user: 'keeper' } });
    return { ...found, database: 'shop' };
  }
});
