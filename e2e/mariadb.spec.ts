import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState } from './pages.ts';

test('a DBA creates a MariaDB and connects to it with mariadb as the connection card says; what it cannot do is not offered', async ({
  page,
}, testInfo) => {
  const name = uniqueName('maria');
  await page.goto('/instances/new');
  await page.getByText('MariaDB 10.11', { exact: true }).click();
  await expect(page.getByText('Not for MariaDB yet')).toHaveCount(2);
  await createOnPage(page, name);
  await expectState(page, 'Healthy');
  await expect(page.getByRole('main').getByRole('link', { name: 'Users' })).toBeVisible();
  for (const absent of ['Backups', 'Replication']) await expect(page.getByRole('main').getByRole('link', { name: absent })).toHaveCount(0);

  const card = page.getByRole('region', { name: 'Connect' });
  await card.getByRole('button', { name: /^Reveal the password/ }).click();
  await expect(card.getByTestId('password')).not.toContainText('•');
  const password = await card.getByTestId('password').textContent();
  const caFile = testInfo.outputPath('ca.pem');
  const downloading = page.waitForEvent('download');
  await card.getByRole('link', { name: 'CA certificate' }).click();
  await (await downloading).saveAs(caFile);
  await card.getByRole('tab', { name: 'mariadb' }).click();
  const command = await card.getByRole('tabpanel').locator('pre').textContent();

  // Only a terminal can be asked for the password.
  const typed = command?.replace(/--ssl-ca=\S+/, `--ssl-ca=${caFile}`).replace(' --password', '');
  const sql = `create table visit (word text); insert into visit values ('first row'); select word from visit`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${typed} --skip-column-names --execute="$SQL"`], {
    env: { ...process.env, MYSQL_PWD: password ?? '', SQL: sql },
  });
  expect(stdout.trim()).toBe('first row');
});
