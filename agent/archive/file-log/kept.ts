import { statSync } from 'node:fs';
import type { LogPosition } from './log-position.ts';

const MiB = 1024 ** 2;

/** What the archive may take of a volume while its storage is away: as much as an engine with a limit of its own keeps. */
export function toKeptLimit(volumeBytes: number): number {
  return Math.max(64 * MiB, Math.min(2048 * MiB, Math.floor(volumeBytes / 5)));
}

/** Beyond this the volume comes first, whatever is still on its way. */
export function isFarTooMuch(keptBytes: number, limitBytes: number): boolean {
  return keptBytes > limitBytes * 1.25;
}

/** Bytes of the log from a place to its end. */
export function measureLog(toFile: (file: number) => string, from: LogPosition, to: LogPosition): number {
  let bytes = -from.offset;
  for (let file = from.file; file <= to.file; file += 1)
    bytes += file === to.file ? to.offset : (statSync(toFile(file), { throwIfNoEntry: false })?.size ?? 0);
  return Math.max(0, bytes);
}
