import { expect, test } from 'vitest';
import { decideVolumeState, isOutdated, isWorthMeasuring, nextMeasureMs, nextWatchMs } from './volume-state.ts';

test('warns at 85 %, alarms at 95 %, stops writes at 97 % and allows them again below 95 %', () => {
  expect([0, 84, 85, 94, 95, 96, 97, 120].map((used) => decideVolumeState('ok', used, 100))).toEqual([
    'ok',
    'ok',
    'warning',
    'warning',
    'alarm',
    'alarm',
    'read-only',
    'read-only',
  ]);
  expect([97, 96, 95, 94].map((used) => decideVolumeState('read-only', used, 100))).toEqual([
    'read-only',
    'read-only',
    'read-only',
    'warning',
  ]);
});

test('measures seldom at rest, more often when nearly full unless that takes long, and sooner the nearer growth brings the mark', () => {
  const next = (usedBytes: number, grownBytesPerMs = 0, tookMs = 1) =>
    nextMeasureMs({ usedBytes, grownBytesPerMs, volumeBytes: 1000, tookMs });
  expect([next(0), next(849, -5), next(0, 0, 3000)]).toEqual([60_000, 60_000, 60_000]);
  expect([next(850), next(850, -5, 10), next(850, 0, 3000)]).toEqual([5000, 10_000, 15_000]);
  expect([next(100, 0.001), next(870, 0.01), next(970, 1)]).toEqual([60_000, 2500, 500]);
});

test('looks again at once when the disk lost what would be a quarter of the room left', () => {
  expect(isWorthMeasuring(0, 200, 1000)).toBe(false);
  expect(isWorthMeasuring(0, 250, 1000)).toBe(true);
  expect(isWorthMeasuring(930, 4, 1000)).toBe(false);
  expect(isWorthMeasuring(930, 10, 1000)).toBe(true);
  // Full, too: what grows although writes are stopped must be seen at once.
  expect(isWorthMeasuring(980, 500, 1000)).toBe(true);
  expect(isWorthMeasuring(980, 4, 1000)).toBe(false);
  expect(isWorthMeasuring(0, -500, 1000)).toBe(false);
});

test('what little was written or removed is measured after five seconds, or in a hundredth of the time where that takes long', () => {
  const changedBytes = 1024 ** 2;
  expect(isOutdated({ changedBytes, ageMs: 4999, tookMs: 10 })).toBe(false);
  expect(isOutdated({ changedBytes, ageMs: 5000, tookMs: 10 })).toBe(true);
  expect(isOutdated({ changedBytes: changedBytes - 1, ageMs: 60_000, tookMs: 10 })).toBe(false);
  expect(isOutdated({ changedBytes, ageMs: 30_000, tookMs: 400 })).toBe(false);
  expect(isOutdated({ changedBytes, ageMs: 40_000, tookMs: 400 })).toBe(true);
});

test('asks for what the disk lost before a fast one could have filled the room left, four times a second where that is little', () => {
  const gb = 1e9;
  expect([nextWatchMs(0, 0, 100 * gb), nextWatchMs(0, 0, gb), nextWatchMs(0.5 * gb, 0, gb), nextWatchMs(2 * gb, 0, gb)]).toEqual([
    1000, 970, 470, 250,
  ]);
  // What was lost since the last measurement may be this volume's; what others gave back makes no room.
  expect([nextWatchMs(0, 0.25 * gb, gb), nextWatchMs(0, -10 * gb, gb)]).toEqual([720, 970]);
});
