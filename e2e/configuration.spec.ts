import { expect, test } from './fixtures.ts';
import { operate, uniqueName } from './instances.ts';

test('a group that is changed after it was applied says so at the instance, which keeps what it was given until it is applied again', async ({
  page,
  rest,
  shared,
}) => {
  const { projectId, datastore } = shared;
  const values = { work_mem: 5120 };
  const group = await rest('createConfigurationGroup', { body: { projectId, datastore, name: uniqueName('tuned'), values } });
  const path = { configurationGroupId: group.id };
  await operate(rest, shared.id, 'apply-configuration', path);
  await page.goto(`/instances/${shared.id}/configuration`);
  const row = page.getByRole('row').filter({ hasText: 'work_mem' });
  await expect(row).toContainText('5120');
  await expect(row).not.toContainText('the group says');

  await rest('updateConfigurationGroup', { path, body: { values: { work_mem: 6144 } } });
  await expect(row, 'live').toContainText('the group says 6144');
  await expect(row).toContainText('5120');

  await page.getByRole('button', { name: 'Apply again' }).click();
  await expect(row).toContainText('6144');
  await expect(row).not.toContainText('the group says');
  await operate(rest, shared.id, 'apply-configuration', { configurationGroupId: null });
  await rest('deleteConfigurationGroup', { path });
});
