import { open, readFile } from 'node:fs/promises';
import path from 'node:path';

const MiB = 1024 ** 2;
/** In the benchmarks' folder; a hole as long as what was free. */
export const cacheFile = 'free-memory';

/**
 * Reads a hole of a file until no memory is free: new pages are then taken from the file cache, as on a host that has run for a while. A
 * virtual machine gives free memory back to its host and waits for it at each new page (measured: 130 MB/s into such pages, 4 GB/s into
 * others); what would be timed is which of two programs met fewer of them.
 */
export async function fillCache(folder: string): Promise<void> {
  const handle = await open(path.join(folder, cacheFile), 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const end = size + (await readFree()) + 256 * MiB;
    await handle.truncate(end);
    const buffer = Buffer.allocUnsafe(4 * MiB);
    for (let at = size; at < end; at += buffer.length) await handle.read(buffer, 0, buffer.length, at);
  } finally {
    await handle.close();
  }
}

/** Bytes of memory that nothing uses, as the kernel counts them. */
async function readFree(): Promise<number> {
  return 1024 * Number(/^MemFree:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1] ?? 0);
}
