import { open } from 'node:fs/promises';
import path from 'node:path';

export function readFileNumber(name: string): number {
  return Number(/^binlog\.(\d+)/.exec(name)?.[1] ?? 0);
}

export function toLogFile(folder: string, file: number): string {
  return path.join(folder, `binlog.${String(file).padStart(6, '0')}`);
}

/** The first event of every file says when it was begun, in seconds; null where there is no such file, or nothing in it yet. */
export async function readBegin(file: string): Promise<number | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const head = Buffer.alloc(8);
    const { bytesRead } = await handle.read(head, 0, 8, 0);
    return bytesRead === 8 && head.readUInt32BE(0) === 0xfe62696e ? head.readUInt32LE(4) : null;
  } finally {
    await handle.close();
  }
}
