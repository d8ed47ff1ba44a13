import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState, readConnectionCard } from './pages.ts';

test('a DBA creates an instance and connects to it with psql as the connection card says', async ({ page }) => {
  const name = uniqueName('orders');
  await page.goto('/instances');
  await page.getByRole('link', { name: 'New instance' }).first().click();
  // Learned from earlier runs or not known yet, but said before anything is typed.
  const expected = page.getByText('Expected time').locator('..').getByRole('definition');
  await expect(expected).toHaveText(/^(no estimate yet|(about .*|a second or two), from \d+ earlier runs?)$/);
  const backups = page.getByText('Backups', { exact: true }).locator('..').getByRole('definition');
  await expect(backups).toHaveText('Every day at 03:00');
  await createOnPage(page, name, { byItself: true });
  await expectState(page, 'Healthy');

  const { command, password } = await readConnectionCard(page, 'psql');

  const sql = `create table visit (word text); insert into visit values ('first row'); select word from visit`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${command} -Atc "$SQL"`], {
    env: { ...process.env, PGPASSWORD: password, SQL: sql },
  });
  expect(stdout.trim().split('\n').at(-1)).toBe('first row');

  await page.getByRole('main').getByRole('link', { name: 'Backups' }).click();
  const schedule = page.getByRole('region', { name: 'Schedule' });
  await expect(schedule.getByText(/^At 03:00, every day, /).first()).toBeVisible();
  await expect(schedule.getByText('Full backups. The newest 7 are kept.')).toBeVisible();
});
