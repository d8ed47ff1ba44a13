import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';

test('a bucket is added, tested, made the default, and deleted; one that cannot be reached says why', async ({ page, rest }) => {
  const bucket = await startBucket();
  const name = uniqueName('bucket');
  await page.goto('/storage');
  const table = page.getByRole('table', { name: 'Storages for backups' });
  const row = table.getByRole('row', { name: new RegExp(`^${name}`) });
  const outcome = page.getByRole('list', { name: `Test of ${name}` });

  await test.step('the local directory comes first and offers no deletion', async () => {
    const local = table.getByRole('row').nth(1);
    await expect(local).toContainText('Local directory');
    await expect(local.getByRole('button')).toHaveCount(0);
  });

  await test.step('what is missing is said at its field; what is added is tested at once', async () => {
    await page.getByRole('button', { name: 'Add storage' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add storage' }).click();
    await expect(dialog.getByLabel('Endpoint')).toHaveAccessibleDescription(/Enter an address/);
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Endpoint').fill(bucket.url);
    await dialog.getByLabel('Region').fill('us-east-1');
    await dialog.getByLabel('Bucket').fill('backups');
    await dialog.getByLabel('Access key').fill('somebody');
    await dialog.getByLabel('Secret key').fill('a secret key');
    await dialog.getByRole('button', { name: 'Add storage' }).click();
    await expect(outcome).toContainText('Written');
    await expect(outcome).toContainText('Read back');
    await expect(outcome).toContainText('Deleted');
    expect(bucket.methods).toEqual(['PUT', 'GET', 'DELETE']);
  });

  await test.step('the default moves from the local directory and back', async () => {
    const choose = async (item: string) => {
      await row.getByRole('button', { name: `More for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Make it the default');
    await expect(row.getByText('default', { exact: true })).toBeVisible();
    await expect(table.getByRole('row').nth(1).getByText('default', { exact: true })).toHaveCount(0);
    await choose('No longer the default');
    await expect(table.getByRole('row').nth(1).getByText('default', { exact: true })).toBeVisible();
  });

  await test.step('a server that is gone is named with the cause', async () => {
    bucket.refuse();
    await row.getByRole('button', { name: 'Test' }).click();
    await expect(outcome).toContainText('Not written');
    await expect(outcome).toContainText('does not accept the access key');
    await expect(outcome).toContainText('Not tried to read');
  });

  await test.step('it is deleted', async () => {
    await row.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Delete ${name}` })
      .click();
    await expect(row).toHaveCount(0);
    expect((await rest('listStorageTargets')).items.map((target) => target.name)).not.toContain(name);
  });
  bucket.stop();
});

/** Enough of S3 for one object at a time, until it refuses. */
async function startBucket() {
  const objects = new Map<string, Buffer>();
  const methods: string[] = [];
  let refuses = false;
  const server = http.createServer(async (request, response) => {
    const key = request.url ?? '';
    const body = Buffer.concat(await request.toArray());
    if (refuses) return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message></Error>');
    methods.push(request.method ?? '');
    if (request.method === 'PUT') objects.set(key, body);
    if (request.method === 'DELETE') objects.delete(key);
    response.end(request.method === 'GET' ? objects.get(key) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    methods,
    refuse: () => {
      refuses = true;
    },
    stop: () => server.close(),
  };
}
