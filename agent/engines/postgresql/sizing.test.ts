import { expect, test } from 'vitest';
import { flavors } from '#contract/flavors.ts';
import { sizeSettings } from './sizing.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

test.each(flavors)(
  '$title: a quarter of the memory at most for shared buffers, write-ahead log a fifth of the volume at most',
  ({ memoryBytes, cpus }) => {
    for (const volumeBytes of [256 * MiB, 2 * GiB, 500 * GiB]) {
      const settings = sizeSettings({ memoryBytes, cpus, volumeBytes });
      expect(megabytes(settings.shared_buffers)).toBeLessThanOrEqual(memoryBytes / MiB / 4);
      expect(megabytes(settings.max_wal_size)).toBeLessThanOrEqual(volumeBytes / MiB / 5);
      expect(megabytes(settings.max_wal_size)).toBeGreaterThanOrEqual(32);
      expect(megabytes(settings.min_wal_size)).toBeGreaterThanOrEqual(32);
      expect(megabytes(settings.max_slot_wal_keep_size)).toBeGreaterThanOrEqual(64);
    }
  },
);

test('more memory never means less of anything', () => {
  const rows = flavors.map(({ memoryBytes, cpus }) => sizeSettings({ memoryBytes, cpus, volumeBytes: 100 * GiB }));
  for (const name of ['shared_buffers', 'work_mem', 'maintenance_work_mem', 'max_wal_size', 'effective_cache_size'])
    expect(rows.map((row) => megabytes(row[name]))).toEqual(rows.map((row) => megabytes(row[name])).sort((left, right) => left - right));
  expect(rows.map((row) => Number(row.max_connections))).toEqual([50, 50, 100, 200, 300, 500]);
});

function megabytes(value: string | undefined): number {
  const match = /^(\d+)MB$/.exec(value ?? '');
  if (match === null) throw new Error(`${value} is no size.`);
  return Number(match[1]);
}
