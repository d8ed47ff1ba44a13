import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName } from './instances.ts';
import { operateOnPage } from './pages.ts';

test('a backup is proved with one click, the badge is everywhere, and a damaged one is refused before anything is lost', async ({
  page,
  rest,
  product,
}) => {
  const instance = await createInstance(rest, { name: uniqueName('proved') });
  const client = await connectAsFirstUser(rest, instance);
  await client.query(`create table orders (word text); insert into orders values ('saved')`);
  const name = uniqueName('nightly');
  const backup = await operate(rest, instance.id, 'create-backup', { name });
  await page.goto(`/instances/${instance.id}/backups`);
  const row = page.getByRole('row').filter({ hasText: name });
  await row.getByRole('button', { name: /^Prove/ }).click();
  const badge = /proved .* · .* s · 1 table/;
  await expect(row).toContainText(badge, { timeout: 60_000 });
  await row.getByRole('button', { name: /^proved/ }).click();
  const report = page.getByRole('dialog');
  await expect(report).toContainText('1 table, 1 row');
  await report.getByRole('button', { name: 'Close' }).last().click();
  await page.goto(`/instances/${instance.id}`);
  await expect(page.getByText(badge)).toBeVisible();
  await page.goto('/instances');
  await expect(page.locator(`[data-instance="${instance.name}"]`).getByRole('img', { name: /^proved/ })).toBeVisible();

  await test.step('and so is a moment, with what was archived since', async () => {
    await page.goto(`/instances/${instance.id}/backups`);
    await page.getByRole('region', { name: 'Point in time' }).getByRole('button', { name: 'Prove this moment' }).click();
    await expect(row).toContainText(/proved .* to \d{4}-.* · .* s · 1 table/, { timeout: 60_000 });
    await row.getByRole('button', { name: /^proved/ }).click();
    await expect(report).toContainText('1 table, 1 row. Not compared: only while a backup is made is anything counted');
    await report.getByRole('button', { name: 'Close' }).last().click();
  });

  const folder = path.join(product.data, 'backups', instance.projectId, backup.id);
  const [part = ''] = readdirSync(folder).filter((file) => file !== 'manifest.json');
  const bytes = readFileSync(path.join(folder, part));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path.join(folder, part), bytes);
  await page.goto(`/instances/${instance.id}/backups`);
  await row.getByRole('button', { name: /^Prove/ }).click();
  await expect(row).toContainText('proof failed', { timeout: 60_000 });
  await expect(row).toContainText('Damaged');
  await expect(row.getByRole('button', { name: /^Restore/ })).toHaveAttribute('aria-disabled', 'true');
  expect((await client.query('select word from orders')).rows).toEqual([{ word: 'saved' }]);
  await client.end();
});

test('a database goes back in place to its backup, after its name was typed, and a clone stands beside it', async ({ page, rest }) => {
  const instance = await createInstance(rest, { name: uniqueName('undone') });
  const before = await connectAsFirstUser(rest, instance);
  await before.query(`create table orders (word text); insert into orders values ('saved')`);
  const name = uniqueName('good');
  await operate(rest, instance.id, 'create-backup', { name });
  await before.query('drop table orders');
  await before.end();
  await page.goto(`/instances/${instance.id}/backups`);
  await operateOnPage(page, 'Restore in place', /^Restore in place/, async (dialog) => {
    const backup = dialog.getByLabel('Backup', { exact: true });
    await expect(backup).toBeFocused();
    await backup.selectOption({ index: 1 });
    await dialog.getByLabel(/^Type/).fill(instance.name);
  });
  const after = await connectAsFirstUser(rest, instance);
  expect((await after.query('select word from orders')).rows).toEqual([{ word: 'saved' }]);
  await after.end();
  for (const made of ['before-restore-', 'after-restore-'])
    await expect(page.getByRole('row').filter({ hasText: made })).toContainText('Completed');
  await test.step('and its backups are limited', async () => {
    await page.getByRole('button', { name: 'Limit speed…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('At most, in MB/s').fill('0.5');
    await expect(dialog).toContainText('At least 1 MB/s');
    await dialog.getByLabel('At most, in MB/s').fill('80');
    await dialog.getByRole('button', { name: 'Save limit' }).click();
    await expect(page.getByRole('button', { name: 'Limited to 80 MB/s…' })).toBeVisible();
  });

  const clone = uniqueName('twin');
  await operateOnPage(page, 'Clone instance', /^Clone/, (dialog) => dialog.getByLabel('Name of the clone').fill(clone));
  await page.goto('/instances');
  await expect(page.locator(`[data-instance="${clone}"]`)).toContainText('Healthy');
});
