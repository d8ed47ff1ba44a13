import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState } from './pages.ts';

test('a DBA creates an instance and connects to it with psql as the connection card says', async ({ page }, testInfo) => {
  const name = uniqueName('orders');
  await page.goto('/instances');
  await page.getByRole('link', { name: 'New instance' }).first().click();
  // Learned from earlier runs or not known yet, but said before anything is typed.
  const expected = page.getByText('Expected time').locator('..').getByRole('definition');
  await expect(expected).toHaveText(/^(no estimate yet|(about .*|a second or two), from \d+ earlier runs?)$/);
  await createOnPage(page, name);
  await expectState(page, 'Healthy');

  const card = page.getByRole('region', { name: 'Connect' });
  await card.getByRole('button', { name: /^Reveal the password/ }).click();
  await expect(card.getByTestId('password')).not.toContainText('•');
  const password = await card.getByTestId('password').textContent();
  const caFile = testInfo.outputPath('ca.pem');
  const downloading = page.waitForEvent('download');
  await card.getByRole('link', { name: 'CA certificate' }).click();
  await (await downloading).saveAs(caFile);
  await card.getByRole('tab', { name: 'psql' }).click();
  const command = await card.getByRole('tabpanel').locator('pre').textContent();

  const sql = `create table visit (word text); insert into visit values ('first row'); select word from visit`;
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', `${command?.replace(/sslrootcert=[^' ]+/, `sslrootcert=${caFile}`)} -Atc "$SQL"`],
    {
      env: { ...process.env, PGPASSWORD: password ?? '', SQL: sql },
    },
  );
  expect(stdout.trim().split('\n').at(-1)).toBe('first row');
});
