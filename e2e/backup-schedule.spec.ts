import { enter, expect, test } from './fixtures.ts';
import { createInstance, uniqueName } from './instances.ts';
import { joinNewProject } from './people.ts';

test('a schedule makes backups on the open page, and deletes what it said it would', async ({ page, strangersPage, rest, product }) => {
  const viewer = await joinNewProject(product, rest, 'viewer');
  const instance = await createInstance(rest, { name: uniqueName('nightly'), projectId: viewer.projectId });
  await page.goto(`/instances/${instance.id}/backups`);
  await page.getByRole('button', { name: 'Add schedule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('How often').selectOption('Own cron');
  await dialog.getByLabel('Cron').fill('61 * * * *');
  await expect(dialog.getByText('This is no cron')).toBeVisible();
  // It does not come due by itself while the test looks.
  await dialog.getByLabel('Cron').fill(`0 ${(new Date().getUTCHours() + 12) % 24} * * *`);
  await dialog.getByLabel('Time zone').selectOption('UTC');
  await dialog.getByLabel('Start').selectOption('To the second');
  await dialog.getByLabel('Keep the newest').fill('1');
  const preview = dialog.getByRole('region', { name: 'What it would do' });
  await expect(preview.getByText(/^At \d\d:00, every day, UTC$/)).toBeVisible();
  await expect(preview.getByRole('listitem')).toHaveCount(5);
  await dialog.getByRole('button', { name: 'Add schedule' }).click();

  const schedule = page.getByRole('region', { name: 'Schedule' });
  await expect(schedule.getByText('The newest one is kept.')).toBeVisible();
  const runNow = schedule.getByRole('button', { name: /^Run now/ });
  const completed = page.getByRole('row').filter({ hasText: 'daily-' }).filter({ hasText: 'Completed' });
  await runNow.click();
  await expect(completed).toHaveCount(1);
  await expect(schedule.getByText(/^Made daily-/)).toBeVisible();
  const first = (await rest('listBackups', { query: { instance: instance.id } })).items[0];
  // Shown before it is done.
  await expect(schedule.getByText('Deletes, once it is complete:')).toBeVisible();
  await expect(schedule.getByText('1 newer one is kept.')).toBeVisible();

  await runNow.click();
  await expect
    .poll(async () => (await rest('listBackups', { query: { instance: instance.id } })).items.some(({ id }) => id === first?.id))
    .toBe(false);
  await expect(completed).toHaveCount(1);
  await schedule.getByRole('button', { name: /^Pause/ }).click();
  await expect(schedule.getByText('No next run while it is paused.')).toBeVisible();
  await expect(runNow).toHaveAttribute('aria-disabled', 'true');

  await test.step('a viewer sees it, and why it is closed', async () => {
    await enter(strangersPage.context(), product, viewer);
    await strangersPage.goto(`/instances/${instance.id}/backups`);
    const seen = strangersPage.getByRole('region', { name: 'Schedule' });
    await expect(seen.getByText(/^At \d\d:00, every day, UTC/).first()).toBeVisible();
    await seen.getByRole('button', { name: /^Delete/ }).click({ force: true });
    await expect(strangersPage.getByText('This needs the role project admin in the project.').first()).toBeVisible();
  });
});
