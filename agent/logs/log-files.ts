import { closeSync, fstatSync, openSync } from 'node:fs';
import type { LogSource } from '../engine.ts';

/** An open file of a log. It stays readable after it was renamed or deleted, so nothing of it is lost. */
export type OpenLogFile = { path: string; handle: number; id: string; sizeBytes: number; modifiedAtMs: number; close(): void };

/** Opens a log file; null when it is not there (any more) or not a file. */
export function openLogFile(path: string): OpenLogFile | null {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return null;
  }
  const { dev, ino, birthtimeMs, size, mtimeMs, isFile } = statOf(handle);
  if (!isFile) {
    closeSync(handle);
    return null;
  }
  let open = true;
  return {
    path,
    handle,
    // Birth first, so that positions sort as lines were written; inodes alone are soon used again.
    id: `${pad(Math.max(0, birthtimeMs).toString(36), 9)}.${ino.toString(36)}.${dev.toString(36)}`,
    sizeBytes: size,
    modifiedAtMs: mtimeMs,
    close() {
      if (open) closeSync(handle);
      open = false;
    },
  };
}

/** Opens all files of a log, oldest first, gives them to `work`, and closes them again. */
export async function withLogFiles<T>(source: LogSource, work: (files: OpenLogFile[]) => Promise<T>): Promise<T> {
  const files = source.files().flatMap((path) => openLogFile(path) ?? []);
  try {
    return await work(files);
  } finally {
    for (const file of files) file.close();
  }
}

export function sizeOf(file: OpenLogFile): number {
  return fstatSync(file.handle).size;
}

export type LogPlace = { fileId: string; offset: number };

export function toPosition(fileId: string, offset: number): string {
  return `${fileId}:${pad(String(offset), 12)}`;
}

export function parsePosition(position: string): LogPlace | null {
  const match = /^([0-9a-z]+\.[0-9a-z]+\.[0-9a-z]+):(\d{1,15})$/.exec(position);
  return match?.[1] === undefined ? null : { fileId: match[1], offset: Number(match[2]) };
}

function statOf(handle: number) {
  const stat = fstatSync(handle);
  return { ...stat, birthtimeMs: Math.floor(stat.birthtimeMs), isFile: stat.isFile() };
}

function pad(text: string, length: number): string {
  return text.padStart(length, '0');
}
