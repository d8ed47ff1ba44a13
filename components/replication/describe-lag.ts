import { formatBytes, formatDuration } from '#client/format.ts';
import type { Tone } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';

export type Lag = { tone: Tone; words: string /** Bytes behind, for the width of the edge. */; bytes: number };

const lateMs = 10_000;
const lateBytes = 64 * 1024 ** 2;

/** How far a replica is behind its source, in a few words; time where the engine tells it, bytes beside it. */
export function describeLag(replica: Instance, heard: boolean): Lag {
  const replication = replica.guest?.replication ?? null;
  if (replica.guest === null || replication === null) return { tone: 'working', words: 'not copying yet', bytes: 0 };
  if (!heard) return { tone: 'unknown', words: 'not known', bytes: 0 };
  if (!replication.connected) return { tone: 'broken', words: 'not connected', bytes: 0 };
  const bytes = replication.lagBytes ?? 0;
  const parts = [
    replication.lagMs === null || replication.lagMs < 50 ? null : formatDuration(replication.lagMs),
    replication.lagBytes === null || replication.lagBytes === 0 ? null : formatBytes(replication.lagBytes),
  ].filter((part) => part !== null);
  const late = (replication.lagMs ?? 0) > lateMs || bytes > lateBytes;
  return { tone: late ? 'attention' : 'healthy', words: parts.length === 0 ? 'no lag' : parts.join(' · '), bytes };
}

/** Width of an edge: thicker the more is on its way. */
export function edgeWidth(bytes: number): number {
  return 1.5 + Math.min(3, Math.log2(1 + bytes / 1024 ** 2) / 2);
}
