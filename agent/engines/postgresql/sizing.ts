import type { GuestSize } from '../../engine.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Memory, connections and parallelism for a size of guest, as configuration values. */
export function sizeSettings({ memoryBytes, cpus, volumeBytes }: GuestSize): Record<string, string> {
  const row = rows.find(({ upToBytes }) => memoryBytes <= upToBytes) ?? largest;
  const sharedBuffers = memoryBytes <= GiB || row === largest ? Math.min(memoryBytes / 4, 16 * GiB) : row.sharedBuffers;
  // Write-ahead log is tenant volume, too: never more than a fifth of it, never less than the two segments the server insists on.
  const walBytes = Math.max(32 * MiB, Math.min(row.walBytes, volumeBytes / 5));
  return {
    shared_buffers: megabytes(sharedBuffers),
    effective_cache_size: megabytes(memoryBytes * 0.7),
    work_mem: megabytes(row === largest ? Math.max(16 * MiB, memoryBytes / (4 * row.connections)) : row.workMem),
    maintenance_work_mem: megabytes(row.maintenance),
    max_connections: String(row.connections),
    max_wal_size: megabytes(walBytes),
    min_wal_size: megabytes(Math.min(80 * MiB, walBytes)),
    max_slot_wal_keep_size: megabytes(Math.max(64 * MiB, Math.min(2 * GiB, volumeBytes / 5))),
    temp_file_limit: megabytes(Math.max(64 * MiB, volumeBytes / 5)),
    max_parallel_workers: String(Math.max(1, Math.ceil(cpus))),
    max_parallel_workers_per_gather: String(cpus >= 2 ? Math.min(4, Math.floor(cpus / 2)) : 0),
    max_parallel_maintenance_workers: String(cpus >= 2 ? Math.min(4, Math.floor(cpus / 2)) : 0),
  };
}

const rows = [row(1, 0, 4, 64, 50, 1), row(2, 512, 4, 128, 100, 2), row(4, 1024, 8, 256, 200, 4), row(8, 2048, 16, 512, 300, 8)];
const largest = row(Number.POSITIVE_INFINITY, 0, 0, 1024, 500, 16);

function row(upToGiB: number, buffersMiB: number, workMiB: number, maintenanceMiB: number, connections: number, walGiB: number) {
  return {
    upToBytes: upToGiB * GiB,
    sharedBuffers: buffersMiB * MiB,
    workMem: workMiB * MiB,
    maintenance: maintenanceMiB * MiB,
    connections,
    walBytes: walGiB * GiB,
  };
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / MiB)}MB`;
}
