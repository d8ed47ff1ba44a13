import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files of a folder by a pattern of their names, sorted: names hold their time, so that the oldest come first. None when there is no folder. */
export function listFiles(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** In bytes; 0 of a file that is not there. */
export function sizeOfFile(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last bytes of a file as text; empty when it cannot be read. */
export function readTail(file: string, bytes: number, fromByte = 0): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, size - fromByte)));
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trim();
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

/** Removes the oldest files beyond the limit, never the newest, which is being written. */
export function pruneFiles(files: readonly string[], limitBytes: number, remove = removeFile): void {
  let bytes = 0;
  for (const [index, file] of [...files].reverse().entries()) {
    bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (index > 0 && bytes > limitBytes) remove(file);
  }
}

/** Gone already is fine. */
export function removeFile(file: string): void {
  rmSync(file, { force: true });
}
