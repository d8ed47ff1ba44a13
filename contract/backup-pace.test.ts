import { expect, test } from 'vitest';
import { applyBackupLimit } from './backup-pace.ts';

const asked = { name: 'create-backup', input: { parentId: null } };
const instance = (backupBytesPerSecond: number | null, backups: Parameters<typeof applyBackupLimit>[2]['backups'] = []) => ({
  instance: { id: 'i', backupBytesPerSecond, guest: { volumeUsedBytes: 100e6 } },
  backups,
});
const full = { instanceId: 'i', kind: 'full', state: 'COMPLETED', sourceBytes: 20e6, createdAt: '2026-11-02' } as const;
const earlier = { lowMs: 2000, highMs: 60_000, runs: 4 };

test('a limited full backup takes at least as long as its limit says', () => {
  expect(applyBackupLimit(earlier, asked, instance(10e6))).toEqual({ lowMs: 10_000, highMs: 60_000, runs: 4 });
  expect(applyBackupLimit(null, asked, instance(10e6))).toEqual({ lowMs: 10_000, highMs: 12_500, runs: 0 });
});

test('what is not limited, or reads less, is what it was', () => {
  expect(applyBackupLimit(earlier, asked, instance(null))).toEqual(earlier);
  expect(applyBackupLimit(earlier, { ...asked, input: { parentId: 'x' } }, instance(10e6))).toEqual(earlier);
  expect(applyBackupLimit(null, { ...asked, name: 'restart-instance' }, instance(10e6))).toBeNull();
});

test('what the last full backup read says more than the volume, on which lies what no backup reads', () => {
  const earlierOne = { ...full, sourceBytes: 90e6, createdAt: '2026-11-01' };
  const others = [{ ...full, instanceId: 'j', sourceBytes: 1e9 }, { ...full, state: 'FAILED', createdAt: '2026-11-03' } as const];
  expect(applyBackupLimit(null, asked, instance(10e6, [earlierOne, full, ...others]))).toMatchObject({ lowMs: 2000, highMs: 2500 });
});
