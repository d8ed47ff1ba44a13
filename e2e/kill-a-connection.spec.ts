import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance } from './instances.ts';

test('a connection that holds up another is seen, ended with confirmation, and the other goes on', async ({ page, rest }) => {
  const instance = await createInstance(rest);
  const [holder, waiter, reader] = await Promise.all([1, 2, 3].map(() => connectAsFirstUser(rest, instance)));
  if (!holder || !waiter || !reader) throw new Error('Three connections were asked for.');
  await holder.query('create table stock (n int); insert into stock values (1)');
  await page.goto(`/instances/${instance.id}/connections`);
  const table = page.getByRole('table', { name: 'Connections' });
  const row = (words: string) => table.getByRole('row', { name: words });

  await test.step('who waits stands beneath whom it waits for', async () => {
    await holder.query('begin; update stock set n = 2');
    const waited = waiter.query('update stock set n = n + 10').catch(String);
    await expect(row('Waiting')).toContainText('n + 10');
    await expect(row('Idle in transaction')).toContainText('holds up 1');
    await row('Idle in transaction')
      .getByRole('button', { name: /^Actions/ })
      .click();
    await page.getByRole('menuitem', { name: 'End connection' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End connection' }).click();
    await expect(row('Idle in transaction')).toHaveCount(0);
    await waited;
    expect((await reader.query('select n from stock')).rows).toEqual([{ n: 11 }]);
  });

  await test.step('a statement is cancelled and its connection goes on', async () => {
    const slept = reader.query('select pg_sleep(600)').catch((error: Error) => error.message);
    await row('pg_sleep')
      .getByRole('button', { name: /^Actions/ })
      .click();
    await page.getByRole('menuitem', { name: 'Cancel statement' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel statement' }).click();
    expect(await slept).toContain('canceling statement due to user request');
    expect((await reader.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  await test.step('who did it is on record', async () => {
    const listCodes = async () => (await rest('listEvents', { path: { instanceId: instance.id } })).items.map(({ code }) => code);
    await expect.poll(listCodes).toEqual(expect.arrayContaining(['connection-ended', 'statement-cancelled']));
  });
  await Promise.all([waiter, reader].map((client) => client.end()));
});
