import { lstatSync, readdirSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes that the files below these folders take on disk. Lets other work go on between folders; files that vanish meanwhile count nothing. */
export async function measureDiskUsage(folders: readonly string[]): Promise<number> {
  let bytes = 0;
  // A file under two names takes its room once.
  const counted = new Set<number>();
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of list(folder)) {
      // Not path.join, which takes longer than the question to the kernel.
      const full = `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(full);
      else bytes += sizeOf(full, counted);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

/**
 * Bytes of files below these folders that a process has open though they have no name any more, as servers have for what they sort: no folder
 * tells of them. None where the process is another account's, or gone.
 */
export function measureNameless(pid: number, folders: readonly string[]): number {
  const opened = `/proc/${pid}/fd`;
  const counted = new Set<number>();
  let bytes = 0;
  for (const { name } of list(opened)) {
    try {
      const file = readlinkSync(path.join(opened, name));
      if (!file.endsWith(' (deleted)') || !folders.some((folder) => file.startsWith(`${folder}/`))) continue;
      const { ino, blocks } = statSync(path.join(opened, name));
      if (!counted.has(ino)) bytes += blocks * 512;
      counted.add(ino);
    } catch {
      // Closed meanwhile.
    }
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
