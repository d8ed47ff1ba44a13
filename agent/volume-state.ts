import { volumeThresholds } from '#contract/flavors.ts';
import type { GuestFacts } from '#contract/status.ts';

export type VolumeState = GuestFacts['volumeState'];

type Measured = { usedBytes: number; grownBytesPerMs: number; volumeBytes: number; tookMs: number };

/** Writes stop at one mark and begin again only below a lower one, so that they do not flap. */
export function decideVolumeState(previous: VolumeState, usedBytes: number, volumeBytes: number): VolumeState {
  const used = usedBytes / volumeBytes;
  if (used >= volumeThresholds.readOnly) return 'read-only';
  if (previous === 'read-only' && used >= volumeThresholds.writable) return 'read-only';
  if (used >= volumeThresholds.alarm) return 'alarm';
  if (used >= volumeThresholds.warning) return 'warning';
  return 'ok';
}

/** Where the volume is nearly full, looking at every file takes a thousandth of the time. */
const restShare = 1000;

/**
 * The pause after a look that took `tookMs`, while the disk stays as it is. A minute, five to fifteen seconds where the volume fills up. Under
 * growth no more than a quarter of the time in which writes would have to stop, but never under half a second.
 */
export function nextMeasureMs({ usedBytes, grownBytesPerMs, volumeBytes, tookMs }: Measured): number {
  const isNearlyFull = usedBytes >= volumeThresholds.warning * volumeBytes;
  const restMs = isNearlyFull ? Math.min(15_000, Math.max(5000, restShare * tookMs)) : 60_000;
  if (grownBytesPerMs <= 0) return restMs;
  const left = volumeThresholds.readOnly * volumeBytes - usedBytes;
  return Math.min(restMs, Math.max(500, left / grownBytesPerMs / 4));
}

/** Whether the disk lost so much, to whomever, that this volume may have lost a quarter of the room it has left. */
export function isWorthMeasuring(usedBytes: number, lostBytes: number, volumeBytes: number): boolean {
  const left = Math.max(0, volumeThresholds.readOnly * volumeBytes - usedBytes);
  return lostBytes >= Math.max(volumeBytes / 200, left / 4);
}

const little = { bytes: 1024 ** 2, afterMs: 5000, restShare: 100 };

/**
 * Whether what was measured may no longer be shown: it is five seconds old, and the disk lost or got back a megabyte since, whoever that was.
 * Where measuring takes long it may take a hundredth of the time.
 */
export function isOutdated({ changedBytes, ageMs, tookMs }: { changedBytes: number; ageMs: number; tookMs: number }): boolean {
  return changedBytes >= little.bytes && ageMs >= Math.max(little.afterMs, little.restShare * tookMs);
}

export const leastWatchMs = 250;
/** More than a database writes in a second. */
const fastDiskBytesPerSecond = 1e9;

/**
 * The pause between two questions for what the disk lost: no longer than a fast disk needs to fill the room left, so that the mark is not passed
 * between two of them. Four a second where little is left, one at the least.
 */
export function nextWatchMs(usedBytes: number, lostBytes: number, volumeBytes: number): number {
  const left = volumeThresholds.readOnly * volumeBytes - usedBytes - Math.max(0, lostBytes);
  return Math.min(1000, Math.max(leastWatchMs, (left / fastDiskBytesPerSecond) * 1000));
}

export const volumeEvents: Record<VolumeState, { tone: 'good' | 'attention' | 'broken'; sentence: string }> = {
  ok: { tone: 'good', sentence: 'The volume has room again.' },
  warning: { tone: 'attention', sentence: 'The volume is 85 % full.' },
  alarm: { tone: 'attention', sentence: 'The volume is 95 % full. Writes stop at 97 %.' },
  'read-only': { tone: 'broken', sentence: 'The volume is 97 % full: writes are stopped.' },
};
