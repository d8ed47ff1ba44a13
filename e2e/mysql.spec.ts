import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState, operateOnPage, readConnectionCard } from './pages.ts';

/** Where the configuration found a MySQL; without one it leaves this spec out. */
const programs = process.env.GUESTBOARD_E2E_MYSQL ?? '/usr/sbin';

test('a DBA creates a MySQL and connects to it with mysql as the connection card says; takes it back from a backup; and is offered no more', async ({
  page,
  rest,
}) => {
  await page.goto('/instances/new');
  await page.getByText(/^MySQL \d+\.\d+$/).click();
  await expect(page.getByRole('main')).not.toContainText('Replica of');
  await createOnPage(page, uniqueName('my'));
  await expectState(page, 'Healthy');

  const { command, password } = await readConnectionCard(page, 'mysql');
  const say = async (sql: string, port?: number) => {
    const there = port === undefined ? command : command.replace(/--port=\d+/, `--port=${port}`);
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${there} --skip-column-names --execute="$SQL"`], {
      env: { ...process.env, PATH: `${path.join(programs, '..', 'bin')}:${process.env.PATH}`, MYSQL_PWD: password, SQL: sql },
    });
    return stdout.trim();
  };
  expect(await say(`create table visit (word text); insert into visit values ('first row'); select word from visit`)).toBe('first row');
  expect(await say(`select version() not like '%MariaDB%'`)).toBe('1');

  const tabs = ['Overview', 'Databases', 'Users', 'Connections', 'Logs', 'Backups', 'Configuration', 'Operations', 'Events'];
  await expect(page.getByRole('navigation', { name: /^Parts of/ }).getByRole('link')).toHaveText(tabs);
  await operateOnPage(page, 'Restart', /^Restart/);
  await expectState(page, 'Healthy');
  expect(await say('select word from visit')).toBe('first row');

  const backup = uniqueName('full');
  await page.getByRole('main').getByRole('link', { name: 'Backups' }).click();
  await operateOnPage(page, 'Create backup', /^Back up/, (dialog) => dialog.getByLabel('Name of the backup').fill(backup));
  const row = page.getByRole('row').filter({ hasText: backup });
  await expect(row).toContainText('Completed');
  await say('drop table visit');
  await row.getByRole('link', { name: /^Restore/ }).click();
  await createOnPage(page, uniqueName('restored'));
  await expectState(page, 'Healthy');
  const { port } = await rest('getInstance', { path: { instanceId: new URL(page.url()).pathname.split('/')[2] ?? '' } });
  expect(await say('select word from visit', port ?? 0)).toBe('first row');
});
