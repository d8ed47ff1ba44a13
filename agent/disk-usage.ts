import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import path from 'node:path';

/** Bytes that the files below these folders take on disk. Lets other work go on between folders; files that vanish meanwhile count nothing. */
export async function measureDiskUsage(folders: readonly string[]): Promise<number> {
  let bytes = 0;
  // A file under two names takes its room once.
  const counted = new Set<number>();
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of list(folder)) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(full);
      else bytes += sizeOf(full, counted);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

/** Bytes that the disk below this folder can still take from us. */
export function measureFreeDisk(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOf(file: string, counted: Set<number>): number {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined || (stat.nlink > 1 && counted.has(stat.ino))) return 0;
  if (stat.nlink > 1) counted.add(stat.ino);
  return stat.blocks * 512;
}
