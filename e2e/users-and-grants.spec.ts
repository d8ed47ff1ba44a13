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
    await dialog.getByLabel('ours').click();
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await expect(page.getByRole('table', { name: 'Users' })).toContainText(hostile);
    const client = await login('ours');
    await client.query(`create table mine (word text); insert into mine values ('written')`);
    expect((await client.query('select word from mine')).rows).toEqual([{ word: 'written' }]);
    await client.end();
  });

  await test.step('the other database is closed to it, until it is granted', async () => {
    expect(await whyNotConnected(login('theirs'))).toContain('permission denied for database');
    await tick(page, 'theirs', 'may now use');
    await (await login('theirs')).end();
  });

  await test.step('a grant that is taken away closes the database again', async () => {
    await tick(page, 'ours', 'may no longer use');
    expect(await whyNotConnected(login('ours'))).toContain('permission denied for database');
  });

  await test.step('dropped, it cannot log in', async () => {
    await page.getByRole('button', { name: `Actions for ${hostile}` }).click();
    await page.getByRole('menuitem', { name: 'Drop user' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Drop ${hostile}` })
      .click();
    await expect(page.getByText('No users yet')).toBeVisible();
    expect(await whyNotConnected(login('theirs'))).toContain('password authentication failed');
  });
});

/** Ticks a box of the grants and waits until the page says that it took effect. */
async function tick(page: Page, database: string, effect: string): Promise<void> {
  await page.getByRole('checkbox', { name: `${hostile} may use ${database}` }).click();
  await expect(page.getByText(`${hostile} ${effect} ${database}.`)).toBeVisible();
}
