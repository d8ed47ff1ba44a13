import { expect, type Page } from '@playwright/test';
import type { Instance } from '#contract/resources/instance.ts';
import { createInstance, operate, uniqueName, waitForStatus } from './instances.ts';
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

/** Promotes the replica; the open map then shows the old source below it. */
export async function promoteUnderMap(page: Page, rest: Rest, { source, replica }: { source: Instance; replica: Instance }): Promise<void> {
  await operate(rest, replica.id, 'promote-replica');
  await expect(page.getByRole('list', { name: `Replicas of ${replica.name}` }).getByRole('link', { name: source.name })).toBeVisible();
}

export async function detach(rest: Rest, instance: Instance): Promise<void> {
  await operate(rest, instance.id, 'detach-replica');
  await waitForStatus(rest, instance.id, 'HEALTHY');
}
