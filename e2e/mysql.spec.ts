import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState, operateOnPage } from './pages.ts';

/** Where the configuration found a MySQL; without one it leaves this spec out. */
const programs = process.env.GUESTBOARD_E2E_MYSQL ?? '/usr/sbin';

test('a DBA creates a MySQL and connects to it with mysql as the connection card says; nothing speaks of what it cannot do', async ({
  page,
}, testInfo) => {
  await page.goto('/instances/new');
  await page.getByText(/^MySQL \d+\.\d+$/).click();
  await expect(page.getByRole('main')).not.toContainText('Replica of');
  await createOnPage(page, uniqueName('my'));
  await expectState(page, 'Healthy');

  const card = page.getByRole('region', { name: 'Connect' });
  await card.getByRole('button', { name: /^Reveal the password/ }).click();
  await expect(card.getByTestId('password')).not.toContainText('•');
  const password = await card.getByTestId('password').textContent();
  const caFile = testInfo.outputPath('ca.pem');
  const downloading = page.waitForEvent('download');
  await card.getByRole('link', { name: 'CA certificate' }).click();
  await (await downloading).saveAs(caFile);
  await card.getByRole('tab', { name: 'mysql', exact: true }).click();
  const command = await card.getByRole('tabpanel').locator('pre').textContent();
  // Only a terminal can be asked for the password.
  const typed = command?.replace(/--ssl-ca=\S+/, `--ssl-ca=${caFile}`).replace(' --password', '');
  const say = async (sql: string) => {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${typed} --skip-column-names --execute="$SQL"`], {
      env: { ...process.env, PATH: `${path.join(programs, '..', 'bin')}:${process.env.PATH}`, MYSQL_PWD: password ?? '', SQL: sql },
    });
    return stdout.trim();
  };
  expect(await say(`create table visit (word text); insert into visit values ('first row'); select word from visit`)).toBe('first row');
  expect(await say(`select version() not like '%MariaDB%'`)).toBe('1');

  const tabs = ['Overview', 'Databases', 'Users', 'Connections', 'Logs', 'Configuration', 'Operations', 'Events'];
  await expect(page.getByRole('main').getByRole('navigation').first().getByRole('link')).toHaveText(tabs);
  await operateOnPage(page, 'Restart', /^Restart/);
  await expectState(page, 'Healthy');
  expect(await say('select word from visit')).toBe('first row');
});
