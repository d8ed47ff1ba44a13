import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect, test } from './fixtures.ts';
import { createInstance, uniqueName } from './instances.ts';
import { askFromMenu, expectDone } from './pages.ts';
import { getGuest, listProcessesOf } from './processes.ts';

test('deleting takes the typed name, and then process, folder and port are gone', async ({ page, product, rest }) => {
  const instance = await createInstance(rest, { name: uniqueName('doomed') });
  const guest = getGuest(product.data, instance.id);
  expect(listProcessesOf(guest.folder).length).toBeGreaterThan(1);
  expect(await accepts(guest.port)).toBe(true);
  await page.goto(`/instances/${instance.id}`);

  const dialog = await askFromMenu(page, 'Delete instance');
  await expect(dialog).toContainText('The database, all its data and accounts.');
  await expect(dialog).toContainText('No backup of it exists');
  const button = dialog.getByRole('button', { name: `Delete ${instance.name}` });
  await dialog.getByRole('textbox').fill(`${instance.name}x`);
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('textbox').fill(instance.name);
  await button.click();
  await expectDone(page);

  await page.goto('/instances');
  await expect(page.getByRole('main').getByText(instance.name)).toHaveCount(0);
  expect(existsSync(guest.folder)).toBe(false);
  expect(listProcessesOf(guest.folder)).toEqual([]);
  expect(await accepts(guest.port)).toBe(false);
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on('connect', () => settle(true)).on('error', () => settle(false));
  });
}
