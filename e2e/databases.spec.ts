import { connect, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance } from './instances.ts';

const password = 'correct horse battery staple';

test('a database is given to a user, and extended with what its tenants may have', async ({ page, rest }) => {
  const instance = await createInstance(rest, {
    databases: [{ name: 'shop' }],
    users: [
      { name: 'clerk', password, databases: [{ database: 'shop', level: 'read-only' }] },
      { name: 'builder', password, databases: ['shop'] },
    ],
  });
  const caPem = await readCa(rest);
  const login = (user: string) => connect(instance, caPem, { user, password, database: 'shop' });
  await page.goto(`/instances/${instance.id}/databases`);
  const databases = page.getByRole('table', { name: 'Databases' });
  const extensions = page.getByRole('table', { name: 'Extensions of shop' });
  const dialog = page.getByRole('dialog');

  await test.step('it is nobody’s in particular until it is given to a user, who then has full rights', async () => {
    await expect(databases).toContainText('all with full rights');
    await page.getByRole('button', { name: 'Change owner of shop' }).click();
    await dialog.getByLabel('Owner').selectOption('clerk');
    await dialog.getByRole('button', { name: 'Change owner' }).click();
    await expect(databases).toContainText('clerk');
    const client = await login('clerk');
    await client.query('create table mine (n int)');
    await client.end();
  });

  await test.step('an extension is created and used', async () => {
    await page.getByLabel('Only extensions with this text').fill('hstore');
    await page.getByRole('button', { name: 'Create hstore', exact: true }).click();
    await expect(extensions.getByRole('row', { name: 'hstore' }).first()).toContainText('in use');
    const client = await login('builder');
    await client.query('create table tagged (n int, tags hstore)');
    await client.end();
  });

  await test.step('one that reaches the network says why not', async () => {
    await page.getByLabel('Only extensions with this text').fill('dblink');
    await expect(extensions).toContainText('It opens connections from the host');
    await expect(page.getByRole('button', { name: 'Create dblink' })).toHaveAttribute('aria-disabled', 'true');
  });

  await test.step('dropping one that is used names what uses it, until that is to go, too, by its typed name', async () => {
    await page.getByLabel('Only extensions with this text').fill('hstore');
    await page.getByRole('button', { name: 'Drop hstore', exact: true }).click();
    await dialog.getByRole('button', { name: 'Drop hstore' }).click();
    await expect(dialog).toContainText('column tags of table');
    await dialog.getByLabel('Drop what depends on it, too').click();
    await dialog.getByLabel('to confirm').fill('hstore');
    await dialog.getByRole('button', { name: 'Drop hstore' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Create hstore', exact: true })).toBeVisible();
    const client = await login('builder');
    expect((await client.query('select * from tagged')).fields.map(({ name }) => name)).toEqual(['n']);
    await client.end();
  });

  await test.step('its owner is dropped, and it stays with the others', async () => {
    await page.goto(`/instances/${instance.id}/users`);
    await page.getByRole('button', { name: 'Actions for clerk' }).click();
    await page.getByRole('menuitem', { name: 'Drop user' }).click();
    await expect(dialog).toContainText('Its database shop');
    await dialog.getByRole('button', { name: 'Drop clerk' }).click();
    await expect(page.getByRole('button', { name: 'Actions for clerk' })).toHaveCount(0);
    await page.goto(`/instances/${instance.id}/databases`);
    await expect(databases).toContainText('all with full rights');
  });
});
