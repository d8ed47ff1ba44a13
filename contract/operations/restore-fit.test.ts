import { expect, test } from 'vitest';
import type { Backup } from '../resources/backup.ts';
import { describeUnfit, findEarlier, refuseSize } from './restore-fit.ts';

const GiB = 1024 ** 3;
const backup = (id: string, hour: number, rest: Partial<Backup> = {}) =>
  ({ id, name: id, instanceId: 'i', parentId: null, state: 'COMPLETED', createdAt: `2026-11-28T0${hour}:00:00.000Z`, ...rest }) as Backup;

test('instead of a damaged backup the newest one before it is named that is whole with all it builds on', () => {
  const [full, broken] = [backup('full', 1), backup('broken', 2, { state: 'CORRUPT' })];
  const onBroken = backup('on-broken', 3, { parentId: 'broken' });
  const others = [backup('failed', 3, { state: 'FAILED' }), backup('of-another', 3, { instanceId: 'j' }), backup('later', 6)];
  const damaged = backup('damaged', 5, { state: 'CORRUPT' });
  const all = [full, broken, onBroken, ...others, damaged];
  expect(findEarlier(all, damaged)?.id).toBe('full');
  expect(findEarlier([...all, backup('onto', 4, { parentId: 'full' })], damaged)?.id).toBe('onto');
  expect(describeUnfit({ backups: all }, damaged)).toBe('The backup was found damaged. Take full, the newest complete one before it.');
  expect(describeUnfit({ backups: all }, onBroken)).toBe(
    'What the backup builds on was found damaged. Take full, the newest complete one before it.',
  );
  const missing = { state: 'CORRUPT', missingSince: '2026-11-28T06:00:00.000Z' } as const;
  expect(describeUnfit({ backups: all }, Object.assign(damaged, missing))).toMatch(/^The backup is missing in its storage\. Take full/);
  Object.assign(broken ?? {}, missing);
  expect(describeUnfit({ backups: all }, onBroken)).toMatch(/^What the backup builds on is missing/);
  expect(describeUnfit({ backups: [damaged] }, damaged)).toMatch(/No complete one was made before it/);
});

test('what is held in memory must fit the flavor, anything the volume; the field at fault is named', () => {
  const of = (datastore: 'postgresql' | 'redis', flavorId: 'gb.512m' | 'gb.2g', volumeBytes: number, sourceBytes: number | null) =>
    refuseSize({ datastore, flavorId, volumeBytes }, { sourceBytes });
  expect(of('redis', 'gb.512m', 4 * GiB, 0.5 * GiB)).toMatchObject({
    field: 'flavorId',
    reason: expect.stringMatching(/in memory.* 512 MB/),
  });
  expect(of('redis', 'gb.2g', 4 * GiB, 0.5 * GiB)).toBeNull();
  expect(of('postgresql', 'gb.512m', 4 * GiB, 0.5 * GiB)).toBeNull();
  const reason = 'The volume is too small for the data in this backup, 4 GB: take 4.5 GB or more.';
  expect(of('postgresql', 'gb.512m', 4 * GiB, 4 * GiB)).toEqual({ field: 'volumeBytes', reason });
  expect(of('redis', 'gb.512m', 4 * GiB, null)).toBeNull();
});
