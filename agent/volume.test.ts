import { expect, test, vi } from 'vitest';
import type { StateFile } from './state.ts';
import { startVolumeGuard } from './volume.ts';

const gib = 1024 ** 3;

test('growth is seen within a second, though others give more back to the disk before it', async () => {
  vi.useFakeTimers();
  try {
    let [used, free] = [gib / 2, 10 * gib];
    const events: string[] = [];
    const state = { size: { memoryBytes: 1, cpus: 1, volumeBytes: gib }, writesStopped: false };
    const guard = startVolumeGuard({
      measure: async () => used,
      freeBytes: () => free,
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
    free += 5 * gib;
    await vi.advanceTimersByTimeAsync(500);
    used += gib / 2;
    free -= gib / 2;
    await vi.advanceTimersByTimeAsync(500);
    expect(events).toEqual(['volume-read-only']);
    guard.close();
  } finally {
    vi.useRealTimers();
  }
});
