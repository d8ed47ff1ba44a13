import type { Page } from '@playwright/test';
import { connect, readCa, whyNotConnected } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance } from './instances.ts';

const hostile = `a"b; drop--`;
const password = 'correct horse battery staple';

test('a user made on the page can log in, may use what was granted and nothing else, and cannot log in once dropped', async ({
  page,
  rest,
}) => {
  const instance = await createInstance(rest, { databases: [{ name: 'ours' }, { name: 'theirs' }], users: [] });
  const caPem = await readCa(rest);
  const login = (database: string) => connect(instance, caPem, { user: hostile, password, database });
  await page.goto(`/instances/${instance.id}/users`);

  await test.step('a user with a hostile name is created and granted one database', async () => {
    await page.getByRole('button', { name: 'Create user' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(hostile);
    await dialog.getByLabel('Make a strong password').click();
    await dialog.getByLabel('Password', { exact: true }).fill(password);
    await dialog.getByLabel('Rights in ours').selectOption('Full');
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await expect(page.getByRole('table', { name: 'Users' })).toContainText(hostile);
    const client = await login('ours');
    await client.query(`create table mine (word text); insert into mine values ('written')`);
    expect((await client.query('select word from mine')).rows).toEqual([{ word: 'written' }]);
    await client.end();
  });

  await test.step('the other database is closed to it, until it is granted', async () => {
    expect(await whyNotConnected(login('theirs'))).toContain('permission denied for database');
    await choose(page, 'theirs', 'Full', 'may now use theirs: full.');
    await (await login('theirs')).end();
  });

  await test.step('read only, it reads what it made and writes nothing more', async () => {
    await choose(page, 'ours', 'Read only', 'may now use ours: read only.');
    const client = await login('ours');
    expect((await client.query('select word from mine')).rows).toEqual([{ word: 'written' }]);
    await expect(client.query(`insert into mine values ('more')`)).rejects.toThrow('permission denied');
    await client.end();
  });

  await test.step('a grant that is taken away closes the database again', async () => {
    await choose(page, 'ours', 'No access', 'may no longer use ours.');
    expect(await whyNotConnected(login('ours'))).toContain('permission denied for database');
  });

  await test.step('a password of one’s own is not kept, and not offered to be revealed', async () => {
    await page.getByRole('button', { name: `Actions for ${hostile}` }).click();
    await expect(page.getByRole('menuitem', { name: 'Change password' })).toBeVisible();
    await expect(page.getByRole('menuitem', { name: 'Reveal the password' })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
  });

  await test.step('a password that was made is revealed from the menu, and is the one that logs in', async () => {
    const act = async (item: string) => {
      await page.getByRole('button', { name: `Actions for ${hostile}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await act('Change password');
    await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await act('Reveal the password');
    const shown = page.getByRole('dialog', { name: 'Password revealed' }).getByRole('definition').last();
    const revealed = (await shown.textContent()) ?? '';
    await (await connect(instance, caPem, { user: hostile, password: revealed, database: 'theirs' })).end();
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
  });

  await test.step('dropped, it cannot log in', async () => {
    await page.getByRole('button', { name: `Actions for ${hostile}` }).click();
    await page.getByRole('menuitem', { name: 'Drop user' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Drop ${hostile}` })
      .click();
    await expect(page.getByText('No users yet')).toBeVisible();
    // Its row is gone with the menu that opened the dialog: the next Tab goes on from where it was.
    await expect(page.locator(':focus')).toContainText('No users yet');
    expect(await whyNotConnected(login('theirs'))).toContain('password authentication failed');
  });
});

/** Chooses a level in the table of grants and waits until the page says that it took effect. */
async function choose(page: Page, database: string, level: string, effect: string): Promise<void> {
  await page.getByLabel(`Rights of ${hostile} in ${database}`).selectOption(level);
  await expect(page.getByText(`${hostile} ${effect}`)).toBeVisible();
}
