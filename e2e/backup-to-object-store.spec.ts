import { startObjectStore } from '#drivers/storage/object-store/object-store.testsuite.ts';
import { connect, connectAsFirstUser, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName, waitForOperation, waitForStatus } from './instances.ts';

test('backups go to the default storage or to the one that is chosen, S3 or Swift, are restored from there when it is the default no more, and leave nothing behind', async ({
  page,
  rest,
}) => {
  test.setTimeout(180_000);
  const store = await startObjectStore();
  try {
    const instance = await createInstance(rest);
    // Its pieces lie beside the backups for as long as it goes on.
    await rest('setArchiving', { path: { instanceId: instance.id }, body: { enabled: false } });
    const client = await connectAsFirstUser(rest, instance);
    await client.query(`create table orders (word text)`);
    const common = { region: 'us-east-1', prefix: 'some/where', password: store.password, caPem: null };
    const addresses = {
      s3: { ...common, kind: 's3' as const, endpoint: store.url, bucket: 'by-s3', accessKeyId: store.user },
      swift: {
        ...common,
        kind: 'swift' as const,
        authUrl: store.authUrl,
        auth: { version: 'v1' as const },
        container: 'by-swift',
        user: store.user,
      },
    };
    const chooseStorage = async (backup: string, storage: string) => {
      await page.goto(`/instances/${instance.id}/backups`);
      await page.getByRole('button', { name: 'Create backup' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name of the backup').fill(backup);
      await expect(dialog.getByLabel('Storage')).toHaveValue('default');
      await dialog.getByLabel('Storage').selectOption(storage);
      // What is on its way is seen to its end.
      await page.route('**/operations', async (route) => {
        if (route.request().postDataJSON()?.dryRun !== true) await new Promise((resolve) => setTimeout(resolve, 1000));
        await route.continue();
      });
      await dialog.getByRole('button', { name: `Back up ${instance.name}` }).click();
      await page.keyboard.press('Escape');
      await expect(dialog.getByRole('button', { name: 'Cancel' })).toHaveAttribute('aria-disabled', 'true');
      await expect(dialog).toHaveCount(0);
      const asked = (await rest('listOperations', { query: { instance: instance.id } })).items[0];
      return waitForOperation(rest, asked?.id ?? '');
    };
    for (const address of Object.values(addresses)) {
      const place = `by-${address.kind}`;
      await store.createContainer(place);
      const name = uniqueName(address.kind);
      const isDefault = address.kind === 's3';
      const body = { projectId: instance.projectId, name, address, isDefault };
      const target = await rest('createStorageTarget', { body });
      await client.query(`insert into orders values ('${address.kind}')`);
      const backup = uniqueName('away');
      const made = isDefault
        ? await operate(rest, instance.id, 'create-backup', { name: backup })
        : await chooseStorage(backup, `${name} (Swift)`);
      await rest('updateStorageTarget', { path: { storageTargetId: target.id }, body: { isDefault: false } });
      const names = (await store.listNames(place)) ?? [];
      expect(names.some((key) => key === `some/where/${made.id}/manifest.json`)).toBe(true);
      await page.goto(`/instances/${instance.id}/backups`);
      await expect(page.getByRole('row').filter({ hasText: `in ${name}` })).toContainText('Completed');

      const { datastore, version, flavorId, volumeBytes, projectId } = instance;
      const input = {
        name: uniqueName('restored'),
        datastore,
        version,
        flavorId,
        volumeBytes,
        from: { kind: 'backup' as const, backupId: made.id },
      };
      const started = await rest('createInstance', { body: { projectId, input } });
      if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
      await waitForOperation(rest, started.operation.id);
      const copy = await waitForStatus(rest, started.instanceId ?? '', 'HEALTHY');
      const { password } = await rest('revealPassword', { path: { instanceId: instance.id }, body: { user: 'keeper' } });
      const after = await connect(copy, await readCa(rest), { user: 'keeper', password, database: 'shop' });
      expect((await after.query('select count(*)::int as n from orders where word = $1', [address.kind])).rows).toEqual([{ n: 1 }]);
      await after.end();

      const gone = await rest('deleteBackup', { path: { backupId: made.id } });
      if (!('operation' in gone)) throw new Error('Deleting a backup answered a plan.');
      await waitForOperation(rest, gone.operation.id);
      expect(await store.listNames(place)).toEqual([]);
      await rest('deleteStorageTarget', { path: { storageTargetId: target.id } });
    }
    await client.end();
  } finally {
    await store.stop();
  }
});
