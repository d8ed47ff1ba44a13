import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../launcher/free-port.mjs';
import { chooseTestFolder, removeTestFolder } from '../launcher/test-folder.mjs';
import { enter, expect, signIn, test } from './fixtures.ts';
import { type Product, readOperatorPassword, startProduct, stopProduct } from './product.ts';

test('the control plane is saved from its page, and brought back on an empty data folder with the recovery key alone', async ({
  page,
  product,
  shared,
  browser,
}) => {
  test.setTimeout(180_000);
  const recovery = page.getByRole('region', { name: 'Recovery' });
  await test.step('an operator saves it, and is told what to carry away', async () => {
    await page.goto('/system');
    await expect(recovery).toContainText('Saves lie on this machine and are lost with it');
    await expect(page.getByRole('region', { name: 'Storage sweep' })).toContainText(/swept/i);
    await recovery.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Keep the newest').fill('1');
    await expect(dialog).toContainText('A whole number from 2 to 1,000.');
    await dialog.getByLabel('Keep the newest').fill('24');
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await expect(recovery).toContainText('the newest 24 are kept');
    await recovery.getByRole('button', { name: 'Save now' }).click();
    await expect(recovery.getByRole('button', { name: 'Save now' })).toBeEnabled();
    await expect(recovery).toContainText(/Saved (just now|\d+ s ago) to/);
  });

  const port: number = await findFreePort();
  const fresh: Product = { url: `http://127.0.0.1:${port}`, port, data: chooseTestFolder('test/recovered') };
  await stopProduct(fresh);
  removeTestFolder(fresh.data);
  const recover = async (...words: string[]) => {
    const env = { ...process.env, GUESTBOARD_DATA: fresh.data, GUESTBOARD_PORT: String(port) };
    return promisify(execFile)(process.execPath, ['launcher/recover.mjs', ...words], { env }).then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => stderr,
    );
  };
  const from = ['--from', path.join(product.data, 'recovery')];
  try {
    await test.step('the wrong key is refused; the right one brings everything back, once', async () => {
      const wrong = test.info().outputPath('wrong-key');
      writeFileSync(wrong, 'AGE-SECRET-KEY-1QQQ\n');
      expect(await recover('--key-file', wrong, ...from)).toContain('This is no recovery key');
      const key = ['--key-file', path.join(product.data, 'recovery-key')];
      expect(await recover(...key, ...from)).toMatch(/Recovered from the save of \S+: \d+ instances/);
      expect(await recover(...key, ...from)).toContain('has been used');
    });
    await test.step('people, instances and settings are there; what ran on the lost machine is not said to run', async () => {
      await startProduct(fresh);
      const operator = await signIn(fresh, 'operator', readOperatorPassword(product));
      const context = await browser.newContext({ baseURL: fresh.url });
      await enter(context, fresh, operator);
      const there = await context.newPage();
      await there.goto(`/instances/${shared.id}`);
      await expect(there.getByRole('heading', { level: 1, name: shared.name })).toBeVisible();
      await expect(there.getByRole('main').getByText('Healthy', { exact: true })).toHaveCount(0);
      await there.goto('/system');
      await expect(there.getByRole('region', { name: 'Recovery' })).toContainText('the newest 24 are kept');
      await context.close();
    });
  } finally {
    await stopProduct(fresh);
    removeTestFolder(fresh.data);
  }
});
