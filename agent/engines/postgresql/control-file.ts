import { closeSync, openSync, readSync } from 'node:fs';
import type { Place } from './place.ts';

export type ControlFile = { systemIdentifier: string; state: 'shut-down' | 'shut-down-in-recovery' | 'other' };

/** The head of pg_control, whose layout every supported version shares. Null when there is no data folder. */
export function readControlFile(place: Place): ControlFile | null {
  let descriptor: number;
  try {
    descriptor = openSync(place.controlFile, 'r');
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(24);
    if (readSync(descriptor, head, 0, 24, 0) < 24) return null;
    const state = head.readInt32LE(16);
    return {
      systemIdentifier: head.readBigUInt64LE(0).toString(),
      state: state === 1 ? 'shut-down' : state === 2 ? 'shut-down-in-recovery' : 'other',
    };
  } finally {
    closeSync(descriptor);
  }
}
