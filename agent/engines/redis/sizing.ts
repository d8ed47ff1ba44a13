import { redis } from '#contract/datastores/redis.ts';
import type { GuestSize } from '../../engine.ts';

const MiB = 1024 ** 2;

/**
 * Memory and connections for a size of guest, as option values. The rest of the memory is for connections and for what is copied while
 * the append-only file is rewritten.
 */
export function sizeOptions({ memoryBytes }: GuestSize): Record<string, string> {
  return {
    maxmemory: String(Math.floor((memoryBytes * redis.dataMemoryShare) / MiB) * MiB),
    maxclients: String(Math.max(128, Math.min(10_000, Math.floor(memoryBytes / (2 * MiB))))),
  };
}
