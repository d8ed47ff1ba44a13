import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StateFile } from './state.ts';
import { startVolumeGuard, type VolumeGuard } from './volume.ts';

const gib = 1024 ** 3;
let disk = { used: 0, free: 0, asked: 0 };
let events: string[] = [];
let guard: VolumeGuard;

async function open(volumeBytes: number, used: number) {
  disk = { used, free: 500 * gib, asked: 0 };
  events = [];
  const state = { size: { memoryBytes: 1, cpus: 1, volumeBytes }, writesStopped: false };
  guard = startVolumeGuard({
    measure: async () => disk.used,
    freeBytes: () => {
      disk.asked += 1;
      return disk.free;
    },
    state: {
      get: () => state,
      change: async (change: Partial<typeof state>) => void Object.assign(state, change),
    } as unknown as StateFile,
    isUp: () => true,
    setWritable: async () => {},
    event: ({ code }) => events.push(code),
    changed: () => {},
    log: () => {},
  });
  await guard.measured;
}

function write(bytes: number) {
  disk.used += bytes;
  disk.free -= bytes;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  guard.close();
  vi.useRealTimers();
});

test('growth is seen within a second, though others give more back to the disk before it', async () => {
  await open(gib, gib / 2);
  disk.free += 5 * gib;
  await vi.advanceTimersByTimeAsync(500);
  write(gib / 2);
  await vi.advanceTimersByTimeAsync(500);
  expect(events).toEqual(['volume-read-only']);
});

test('little growth of a large volume, and what was removed from it, is shown after five seconds', async () => {
  await open(100 * gib, gib);
  write(gib / 100);
  await vi.advanceTimersByTimeAsync(4000);
  expect(guard.volume().volumeUsedBytes).toBe(gib);
  await vi.advanceTimersByTimeAsync(2000);
  expect(guard.volume().volumeUsedBytes).toBe(disk.used);
  write(-gib / 200);
  await vi.advanceTimersByTimeAsync(6000);
  expect(guard.volume().volumeUsedBytes).toBe(disk.used);
});

test('the disk of a volume with much room is asked once a second, that of one with little four times; a fast disk fills neither unseen', async () => {
  await open(100 * gib, gib);
  disk.asked = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(disk.asked).toBeLessThanOrEqual(11);
  write(94.5 * gib);
  await vi.advanceTimersByTimeAsync(1000);
  expect(events).toEqual(['volume-alarm']);
  await vi.advanceTimersByTimeAsync(1000);
  // Two gigabytes a second, in the most unlucky moment: seen before the mark is far behind.
  for (let used = 0; events.length === 1; used += 0.2 * gib) {
    expect(used).toBeLessThan(3 * gib);
    write(0.2 * gib);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(events).toEqual(['volume-alarm', 'volume-read-only']);
  expect(disk.used).toBeLessThan(98 * gib);
  disk.asked = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(disk.asked).toBeGreaterThanOrEqual(35);
});
