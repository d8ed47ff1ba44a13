import type { GuestSize } from '../../engine.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Memory, connections and files for a size of guest: bytes, and whole megabytes of them. */
export type Sizes = { poolBytes: number; logBytes: number; temporaryBytes: number; connections: number };

/** Some 300 MB beside the buffer pool are the server's own. */
export function toSizes({ memoryBytes, volumeBytes }: GuestSize): Sizes {
  const row = rows.find(({ upToBytes }) => memoryBytes <= upToBytes) ?? largest;
  // Redo log and temporary space are tenant volume, too.
  return {
    poolBytes: toWholeMegabytes(memoryBytes * row.poolShare),
    logBytes: toWholeMegabytes(Math.max(16 * MiB, Math.min(row.logMiB * MiB, volumeBytes / 8))),
    temporaryBytes: toWholeMegabytes(Math.max(32 * MiB, volumeBytes / 5)),
    connections: row.connections,
  };
}

const rows = [row(1, 0.4, 96, 50), row(2, 0.5, 256, 100), row(4, 0.6, 512, 200), row(8, 0.7, 1024, 300)];
const largest = row(Number.POSITIVE_INFINITY, 0.75, 2048, 500);

function row(upToGiB: number, poolShare: number, logMiB: number, connections: number) {
  return { upToBytes: upToGiB * GiB, poolShare, logMiB, connections };
}

function toWholeMegabytes(bytes: number): number {
  return Math.floor(bytes / MiB) * MiB;
}
