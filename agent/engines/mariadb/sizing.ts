import type { GuestSize } from '../../engine.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Memory, connections and file sizes for a size of guest, as option values. Some 300 MB beside the buffer pool are the server's own. */
export function sizeOptions({ memoryBytes, volumeBytes }: GuestSize): Record<string, string> {
  const row = rows.find(({ upToBytes }) => memoryBytes <= upToBytes) ?? largest;
  // Redo log and temporary space are tenant volume, too.
  const logBytes = Math.max(16 * MiB, Math.min(row.logMiB * MiB, volumeBytes / 8));
  return {
    innodb_buffer_pool_size: wholeMegabytes(memoryBytes * row.poolShare),
    innodb_log_file_size: wholeMegabytes(logBytes),
    innodb_temp_data_file_path: `ibtmp1:12M:autoextend:max:${Math.floor(Math.max(32 * MiB, volumeBytes / 5) / MiB)}M`,
    max_connections: String(row.connections),
  };
}

const rows = [row(1, 0.4, 96, 50), row(2, 0.5, 256, 100), row(4, 0.6, 512, 200), row(8, 0.7, 1024, 300)];
const largest = row(Number.POSITIVE_INFINITY, 0.75, 2048, 500);

function row(upToGiB: number, poolShare: number, logMiB: number, connections: number) {
  return { upToBytes: upToGiB * GiB, poolShare, logMiB, connections };
}

function wholeMegabytes(bytes: number): string {
  return String(Math.floor(bytes / MiB) * MiB);
}
