import { hasCapability } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { connect, connectAsFirstUser, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName, waitForOperation, waitForStatus } from './instances.ts';
import { letSecondPass, restoreByDragging } from './moments.ts';
import { getAgent, getGuest, killHard } from './processes.ts';
import type { Rest } from './rest.ts';

test.skip(!hasCapability('postgresql', 'archive'), 'PostgreSQL does not claim a continuous archive yet.');

test('a dropped table is back in an instance made from the moment before', async ({ page, rest }) => {
  test.setTimeout(180_000);
  const instance = await createInstance(rest, { name: uniqueName('origin') });
  const client = await connectAsFirstUser(rest, instance);
  await client.query(`create table orders (word text); insert into orders values ('in the backup')`);
  await page.goto(`/instances/${instance.id}/backups`);
  const section = page.getByRole('region', { name: 'Point in time' });
  await expect(section.getByText('Archiving begins with the first full backup.')).toBeVisible();
  await operate(rest, instance.id, 'create-backup', { name: uniqueName('base') });
  await expect(section.getByText(/^Restorable from .* \(\d.* ago\)$/)).toBeVisible();

  await client.query(`insert into orders values ('after the backup')`);
  const atMs = await letSecondPass();
  await client.query('drop table orders');
  await client.end();
  await page.goto(`/instances/new?from=point-in-time:${instance.id}:${atMs}`);
  const moment = page.getByLabel('Moment', { exact: true });
  // The page puts the cursor there once it is whole.
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await moment.fill('2001-01-01 00:00:00');
  const tooEarly = page.getByText(/is before the first moment that can be restored/);
  await expect(tooEarly.first()).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('as-of-then');
  await moment.fill('yesterday');
  await moment.blur();
  await expect(page.getByText(/^Write it as 2026-11-25 17:04:05/)).toBeVisible();
  await expect(tooEarly, 'what was said of the moment before is gone').toHaveCount(0);
  await page.getByRole('button', { name: 'Create as-of-then' }).hover();
  await expect(page.getByRole('tooltip')).toContainText('The moment cannot be read.');
  await page.getByRole('button', { name: 'Latest' }).click();
  await expect(moment).toHaveValue(/^\d{4}-/);

  const past = await restoreByDragging(page, rest, instance.id, atMs);
  expect(await readWords(rest, instance, past.id)).toEqual(['in the backup', 'after the backup']);
});

test('an agent killed while it archives goes on, and no row is missing at a moment after', async ({ rest, product }) => {
  test.setTimeout(180_000);
  const instance = await createInstance(rest, { name: uniqueName('killed') });
  await operate(rest, instance.id, 'create-backup', { name: uniqueName('base') });
  const client = await connectAsFirstUser(rest, instance);
  await client.query('create table orders (word text)');
  const written: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 200; n += 1) {
      const word = `${round}-${n}`;
      await client.query('insert into orders values ($1)', [word]);
      written.push(word);
      if (n === 100) await killHard(getAgent(getGuest(product.data, instance.id)));
    }
    await untilArchived(rest, instance, Date.now());
  }
  await client.end();
  const window = await rest('getRestoreWindow', { path: { instanceId: instance.id } });
  expect(window.gaps).toEqual([]);
  expect(window.windows).toHaveLength(1);
  const { projectId, datastore, version, flavorId, volumeBytes } = instance;
  const from = { kind: 'point-in-time' as const, instanceId: instance.id, atMs: window.windows[0]?.toMs ?? 0 };
  const input = { name: uniqueName('past'), datastore, version, flavorId, volumeBytes, from };
  const started = await rest('createInstance', { body: { projectId, input } });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  await waitForOperation(rest, started.operation.id, { deadlineMs: 90_000 });
  await waitForStatus(rest, started.instanceId ?? '', 'HEALTHY');
  expect(await readWords(rest, instance, started.instanceId ?? '')).toEqual(written);
});

async function untilArchived(rest: Rest, { id: instanceId }: Instance, atMs: number): Promise<void> {
  await expect
    .poll(async () => (await rest('getRestoreWindow', { path: { instanceId } })).archivedToMs ?? 0, { timeout: 60_000 })
    .toBeGreaterThan(atMs);
}

/** In the order they were written, with the login of the original. */
async function readWords(rest: Rest, original: Instance, id: string): Promise<string[]> {
  const restored = await rest('getInstance', { path: { instanceId: id } });
  const { password } = await rest('revealPassword', { path: { instanceId: original.id }, body: { user: 'keeper' } });
  const client = await connect(restored, await readCa(rest), { user: 'keeper', password, database: 'shop' });
  const { rows } = await client.query<{ word: string }>('select word from orders');
  await client.end();
  return rows.map(({ word }) => word);
}
