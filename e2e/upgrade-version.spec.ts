import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState, operateOnPage, readConnectionCard } from './pages.ts';

test('a DBA takes a PostgreSQL 15 to 18: told before what goes and for how long, by typing its name', async ({ page }) => {
  await page.goto('/instances/new');
  await page.getByText('PostgreSQL 15', { exact: true }).click();
  const name = uniqueName('books');
  await createOnPage(page, name);
  await expectState(page, 'Healthy');
  await operateOnPage(page, 'Upgrade version', /^Upgrade/, async (dialog) => {
    await expect(dialog.getByRole('button', { name: /^Upgrade/ })).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByLabel('Version').selectOption('18');
    await expect(dialog).toContainText(/Reads and writes, for \d+ s to \d+ s/);
    await expect(dialog).toContainText('The data of 15 beside the new until that answers');
    await dialog.getByRole('textbox').last().fill(name);
  });
  await expectState(page, 'Healthy');
  await expect(page.getByRole('main')).toContainText('PostgreSQL 18');
});

/** Which versions the configuration found: Debian 12 has one of each, GUESTBOARD_PROGRAM_FOLDERS may name a newer one. */
const found = JSON.parse(process.env.GUESTBOARD_E2E_VERSIONS ?? '{}') as Record<string, string[]>;
const others = [
  {
    title: 'MariaDB',
    client: 'mariadb',
    ...ends('MariaDB'),
    write: `--execute="create table kept (n int); insert into kept values (7)"`,
    read: `--skip-column-names --execute="select n from kept"`,
  },
  {
    title: 'Redis',
    client: 'redis-cli',
    ...ends('Redis'),
    write: 'SET kept 7',
    read: 'GET kept',
  },
].filter(({ from, to }) => from !== to);

for (const { title, client, from, to, write, read } of others)
  test(`a DBA takes a ${title} ${from} to ${to}, and what was written is there`, async ({ page }) => {
    await page.goto('/instances/new');
    await page.getByText(`${title} ${from}`, { exact: true }).click();
    const name = uniqueName('taken');
    await createOnPage(page, name);
    await expectState(page, 'Healthy');
    const { command, password } = await readConnectionCard(page, client);
    const say = async (words: string) => {
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${command} ${words}`], {
        env: { ...process.env, MYSQL_PWD: password, REDISCLI_AUTH: password },
      });
      return stdout.trim();
    };
    await say(write);
    await operateOnPage(page, 'Upgrade version', /^Upgrade/, async (dialog) => {
      await dialog.getByLabel('Version').selectOption(to);
      await dialog.getByRole('textbox').last().fill(name);
    });
    await expectState(page, 'Healthy');
    await expect(page.getByRole('main')).toContainText(`${title} ${to}`);
    expect(await say(read)).toBe('7');
  });

function ends(title: string): { from: string; to: string } {
  const sorted = [...(found[title] ?? [''])].sort((one, other) => Number(one) - Number(other));
  return { from: sorted[0] ?? '', to: sorted.at(-1) ?? '' };
}
