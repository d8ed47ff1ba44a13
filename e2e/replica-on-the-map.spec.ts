import { connect, connectAsFirstUser, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, uniqueName, waitForStatus } from './instances.ts';
import { createOnPage, expectDone, expectState } from './pages.ts';

test('a replica appears on the map, follows every row, is promoted and detached', async ({ page, rest }) => {
  const source = await createInstance(rest, { name: uniqueName('source') });
  const { password } = await rest('revealPassword', { path: { instanceId: source.id }, body: { user: 'keeper' } });
  const login = { user: 'keeper', password, database: 'shop' };
  const caPem = await readCa(rest);
  const first = await connectAsFirstUser(rest, source);
  await first.query(`create table orders (word text); insert into orders values ('before')`);

  await page.goto('/map');
  await page
    .getByRole('switch', { name: 'Standalone instances too' })
    .or(page.getByRole('link', { name: `Add replica of ${source.name}` }))
    .first()
    .waitFor();
  await page.goto(`/instances/new?from=replica:${source.id}`);
  const name = uniqueName('replica');
  await createOnPage(page, name);
  await expectState(page, 'Healthy');
  const id = new URL(page.url()).pathname.split('/')[2] ?? '';
  const replica = await rest('getInstance', { path: { instanceId: id } });

  await test.step('a row written to the source is read from the replica, which takes no writes', async () => {
    await first.query(`insert into orders values ('after')`);
    const reader = await connect(replica, caPem, login);
    await expect.poll(async () => (await reader.query('select word from orders')).rowCount, { timeout: 5_000 }).toBe(2);
    await expect(reader.query(`insert into orders values ('refused')`)).rejects.toThrow(/read-only/);
    await reader.end();
    await first.end();
  });

  const set = (head: string) => page.getByRole('list', { name: `Replicas of ${head}` });
  await test.step('the map shows it under its source, with its lag', async () => {
    await page.goto('/map');
    await expect(set(source.name).getByRole('link', { name })).toBeVisible();
    await expect(page.locator('.react-flow__node')).toHaveCount(2);
  });

  await test.step('promoted, it takes writes, and the old source follows it', async () => {
    await page.getByRole('button', { name: `Promote ${name}` }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Promote ${name}` })
      .click();
    await expectDone(page);
    await expect(set(name).getByRole('link', { name: source.name })).toBeVisible();
    const writer = await connect(replica, caPem, login);
    await writer.query(`insert into orders values ('promoted')`);
    await writer.end();
    const follower = await connect(source, caPem, login);
    await expect.poll(async () => (await follower.query('select word from orders')).rowCount, { timeout: 15_000 }).toBe(3);
    await follower.end();
  });

  await test.step('detached, the old source is alone again and takes writes', async () => {
    await waitForStatus(rest, source.id, 'HEALTHY');
    await page.getByRole('button', { name: `Detach ${source.name}` }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Detach ${source.name}` })
      .click();
    await expectDone(page);
    await expect(set(name)).toHaveCount(0);
    const alone = await connect(source, caPem, login);
    await alone.query(`insert into orders values ('alone')`);
    await alone.end();
  });
});
