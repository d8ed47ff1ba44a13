import { open } from 'node:fs/promises';
import path from 'node:path';

/** A place in the binary log: which file, and how far in it. */
export type LogPosition = { file: number; offset: number };

/** As text that sorts as the log goes on. */
export function toSortable({ file, offset }: LogPosition): string {
  return `${toHex(file)}${toHex(offset)}`;
}

export function fromSortable(text: string): LogPosition {
  return { file: Number.parseInt(text.slice(0, 8), 16), offset: Number.parseInt(text.slice(8), 16) };
}

/** One file of the log in the archive. When it was begun tells it from another of its number: after a restore in place the log begins anew. */
export function toGroup(file: number, begunAt: number): string {
  return `binlog.${String(file).padStart(10, '0')}.${toHex(begunAt)}`;
}

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

function toHex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
