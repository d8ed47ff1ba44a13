import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { letSecondPass, restoreByDragging } from './moments.ts';
import { createOnPage, expectState, operateOnPage, readConnectionCard } from './pages.ts';
import { detach, promoteUnderMap, replicateOnMap } from './replicas.ts';

test('a DBA creates a MariaDB and connects to it with mariadb as the connection card says; and takes it back from its backups', async ({
  page,
  rest,
}) => {
  const name = uniqueName('maria');
  await page.goto('/instances/new');
  await page.getByText('MariaDB 10.11', { exact: true }).click();
  await createOnPage(page, name);
  await expectState(page, 'Healthy');
  await expect(page.getByRole('main').getByRole('link', { name: 'Users' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'Replication' })).toBeVisible();
  const instanceId = new URL(page.url()).pathname.split('/')[2] ?? '';

  const { command, password } = await readConnectionCard(page, 'mariadb');
  const say = async (sql: string, port?: number) => {
    const there = port === undefined ? command : command.replace(/--port=\d+/, `--port=${port}`);
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${there} --skip-column-names --execute="$SQL"`], {
      env: { ...process.env, MYSQL_PWD: password, SQL: sql },
    });
    return stdout.trim();
  };
  expect(await say(`create table visit (word text); insert into visit values ('first row'); select word from visit`)).toBe('first row');

  await test.step('a replica on the map follows rows and users, is promoted, and the old source follows it until detached', async () => {
    const set = await replicateOnMap(page, rest, instanceId);
    const port = set.replica.port ?? 0;
    expect(await say('select word from visit', port)).toBe('first row');
    await expect(say(`insert into visit values ('refused')`, port)).rejects.toThrow(/read-only/);
    await promoteUnderMap(page, rest, set);
    await say(`insert into visit values ('promoted')`, port);
    await expect.poll(() => say('select count(*) from visit')).toBe('2');
    await detach(rest, set.source);
    await say(`delete from visit where word = 'promoted'`);
    await page.goto(`/instances/${instanceId}`);
  });

  let atMs = 0;
  await test.step('a full backup and one of what changed since are restored together', async () => {
    const [full, added] = [uniqueName('full'), uniqueName('added')];
    await page.getByRole('main').getByRole('link', { name: 'Backups' }).click();
    await operateOnPage(page, 'Create backup', /^Back up/, (dialog) => dialog.getByLabel('Name of the backup').fill(full));
    await expect(page.getByRole('row').filter({ hasText: full })).toContainText('Completed');
    await say(`insert into visit values ('second row')`);
    await operateOnPage(page, 'Create backup', /^Back up/, async (dialog) => {
      await dialog.getByLabel('Name of the backup').fill(added);
      await dialog.getByLabel('What to store').selectOption({ label: `What changed since ${full}` });
    });
    const row = page.getByRole('row').filter({ hasText: added });
    await expect(row).toContainText('Completed');
    await say(`insert into visit values ('third row')`);
    atMs = await letSecondPass();
    await say(`drop table visit`);
    await expect(row).toContainText('incremental');
    // Alone it cannot go: another builds on it.
    await expect(page.getByRole('button', { name: `Delete chain ${full}` })).toBeVisible();
    await row.getByRole('link', { name: /^Restore/ }).click();
    await createOnPage(page, uniqueName('restored'));
    await expectState(page, 'Healthy');
    const restoredId = new URL(page.url()).pathname.split('/')[2] ?? '';
    const { port } = await rest('getInstance', { path: { instanceId: restoredId } });
    expect(await say('select word from visit order by word', port ?? 0)).toBe('first row\nsecond row');
  });

  await test.step('and the dropped table is back with its last row, in an instance made from the moment before', async () => {
    const past = await restoreByDragging(page, rest, instanceId, atMs);
    expect(await say('select word from visit order by word', past.port ?? 0)).toBe('first row\nsecond row\nthird row');
  });
});
