import { connectAsFirstUser } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName } from './instances.ts';
import { letSecondPass, restoreByDragging } from './moments.ts';

test('after a promotion the new source is scheduled, archived and backed up as the old one was', async ({ page, rest }) => {
  test.slow();
  const source = await createInstance(rest, { name: uniqueName('source') });
  const instanceId = source.id;
  const daily = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: 7, keepDays: null };
  await rest('createBackupSchedule', { path: { instanceId }, body: daily });
  await operate(rest, instanceId, 'create-backup', { name: uniqueName('first') });
  const { projectId, datastore, version, flavorId, volumeBytes } = source;
  const replica = await createInstance(rest, {
    ...{ projectId, datastore, version, flavorId, volumeBytes, name: uniqueName('replica') },
    ...{ databases: [], users: [], from: { kind: 'replica', sourceId: instanceId } },
  });
  const schedule = page.getByRole('region', { name: 'Schedule' });
  const pointInTime = page.getByRole('region', { name: 'Point in time' });

  await page.goto(`/instances/${replica.id}/backups`);
  await expect(schedule.getByText('Not backed up by itself.')).toBeVisible();
  await expect(pointInTime.getByText('A replica is not archived: its source is.')).toBeVisible();
  await operate(rest, replica.id, 'promote-replica');

  await test.step('on the open page of the new source all three appear', async () => {
    await expect(schedule.getByText('At 03:00, every day, UTC').first()).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'daily-' }).filter({ hasText: 'Completed' })).toHaveCount(1, { timeout: 40_000 });
    await expect(schedule.getByText(/^Made daily-/)).toBeVisible();
    await expect(pointInTime.getByText(/^Restorable from/)).toBeVisible();
  });

  await test.step('a row written since is in what is restored to a moment after it', async () => {
    const client = await connectAsFirstUser(rest, { ...source, port: replica.port });
    await client.query(`create table orders (word text); insert into orders values ('promoted')`);
    const atMs = await letSecondPass();
    await client.query('drop table orders');
    await client.end();
    const past = await restoreByDragging(page, rest, replica.id, atMs);
    const reader = await connectAsFirstUser(rest, past);
    expect((await reader.query('select word from orders')).rows).toEqual([{ word: 'promoted' }]);
    await reader.end();
  });

  await test.step('the old source says where they are', async () => {
    await page.goto(`/instances/${instanceId}/backups`);
    await expect(schedule.getByText('Not backed up by itself.')).toBeVisible();
    await expect(pointInTime.getByText('What was archived while this was the source can still be restored.')).toBeVisible();
    await page.goto(`/instances/${instanceId}/events`);
    await expect(page.getByText(`${replica.name} took this one’s place as the source.`)).toBeVisible();
  });
});
