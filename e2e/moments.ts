import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type Page } from '@playwright/test';
import type { Instance } from '#contract/resources/instance.ts';
import { uniqueName } from './instances.ts';
import { createOnPage, expectState } from './pages.ts';
import type { Rest } from './rest.ts';

const secondMs = 1000;
/** Less than a second takes on the strip of a young instance. */
const stepPx = 3;

/** Lets a whole second begin: every engine tells what was written before it from what is written after. Answers that second. */
export async function letSecondPass(): Promise<number> {
  const atMs = Math.ceil(Date.now() / secondMs) * secondMs;
  await sleep(atMs + 50 - Date.now());
  return atMs;
}

/** Drags the handle on the instance's Backups tab to a moment, once what happened after it is archived, and creates an instance from it. */
export async function restoreByDragging(page: Page, rest: Rest, instanceId: string, atMs: number): Promise<Instance> {
  await page.goto(`/instances/${instanceId}/backups`);
  const section = page.getByRole('region', { name: 'Point in time' });
  const handle = section.getByRole('slider', { name: 'Moment to restore to' });
  const read = async (name: 'valuemin' | 'valuenow' | 'valuemax') => Number(await handle.getAttribute(`aria-${name}`));
  await expect.poll(() => read('valuemax')).toBeGreaterThan(atMs + secondMs);
  await handle.scrollIntoViewIfNeeded();
  // Chosen, it no longer runs ahead with the newest moment.
  await handle.press('ArrowLeft');
  const box = await handle.boundingBox();
  if (box === null) throw new Error('The handle is not drawn.');
  const [middle, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(middle, y);
  await page.mouse.down();
  for (let x = middle - 2 * stepPx; x > 0 && (await read('valuenow')) > atMs; x -= stepPx) await page.mouse.move(x, y);
  await page.mouse.up();
  // As the strip grows a second is only a few pixels, and what happened beside it attracts the handle: the keys tell them apart.
  for (let left = atMs - (await read('valuenow')); left > 0; left -= secondMs) await handle.press('ArrowRight');
  expect(await read('valuenow')).toBe(atMs);
  await section.getByRole('link', { name: 'Restore to this moment' }).click();
  await createOnPage(page, uniqueName('past'));
  await expectState(page, 'Healthy');
  return rest('getInstance', { path: { instanceId: new URL(page.url()).pathname.split('/')[2] ?? '' } });
}
