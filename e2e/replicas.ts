import { expect, type Page } from '@playwright/test';
import type { Instance } from '#contract/resources/instance.ts';
import { createInstance, operate, uniqueName, waitForStatus } from './instances.ts';
import { expectDone } from './pages.ts';
import type { Rest } from './rest.ts';

/** Gives the instance a replica, and finds it on the map under its source, with its lag. */
export async function replicateOnMap(page: Page, rest: Rest, sourceId: string): Promise<{ source: Instance; replica: Instance }> {
  const source = await rest('getInstance', { path: { instanceId: sourceId } });
  const { projectId, datastore, version, flavorId, volumeBytes, allowedCidrs } = source;
  const replica = await createInstance(rest, {
    ...{ projectId, datastore, version, flavorId, volumeBytes, allowedCidrs },
    ...{ name: uniqueName('replica'), databases: [], users: [], from: { kind: 'replica', sourceId } },
  });
  await page.goto('/map');
  const row = page
    .getByRole('list', { name: `Replicas of ${source.name}` })
    .getByRole('listitem')
    .filter({ hasText: replica.name });
  await expect(row).toContainText('no lag');
  return { source, replica };
}

/** Promotes the replica on the map, where the old source then stands below it; and detaches that one. */
export async function promoteOnMap(page: Page, rest: Rest, { source, replica }: { source: Instance; replica: Instance }): Promise<void> {
  const { name } = replica;
  await page.getByRole('button', { name: `Promote ${name}` }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Promote ${name}` })
    .click();
  await expectDone(page);
  await expect(page.getByRole('list', { name: `Replicas of ${name}` }).getByRole('link', { name: source.name })).toBeVisible();
  await waitForStatus(rest, source.id, 'HEALTHY');
}

export async function detach(rest: Rest, instance: Instance): Promise<void> {
  await operate(rest, instance.id, 'detach-replica');
  await waitForStatus(rest, instance.id, 'HEALTHY');
}
