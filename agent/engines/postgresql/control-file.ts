import { closeSync, openSync, readSync } from 'node:fs';
import type { Place } from './place.ts';

export type ControlFile = {
  systemIdentifier: string;
  state: 'shut-down' | 'shut-down-in-recovery' | 'other';
  /** What a standby needs at least, or it refuses to start; null in a layout we do not know. */
  maxConnections: number | null;
  /** A recovery from a backup has begun and has not got to the backup's end; false in a layout we do not know. */
  isRecoveringBackup: boolean;
};

/** The head of pg_control, whose layout versions 15 to 18 share. Null when there is no data folder. */
export function readControlFile(place: Place): ControlFile | null {
  let descriptor: number;
  try {
    descriptor = openSync(place.controlFile, 'r');
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(216);
    if (readSync(descriptor, head, 0, head.length, 0) < head.length) return null;
    const state = head.readInt32LE(16);
    return {
      systemIdentifier: head.readBigUInt64LE(0).toString(),
      state: state === 1 ? 'shut-down' : state === 2 ? 'shut-down-in-recovery' : 'other',
      maxConnections: hasKnownLayout(head) ? head.readInt32LE(180) : null,
      isRecoveringBackup: hasKnownLayout(head) && head.readBigUInt64LE(152) !== 0n,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** Past the checkpoint stand the settings, and behind them marks of a fixed value: maximum alignment and a number as this machine writes it. */
function hasKnownLayout(head: Buffer): boolean {
  return head.readUInt32LE(204) === 8 && head.readDoubleLE(208) === 1_234_567;
}
