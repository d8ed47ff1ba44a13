import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Places } from './places.ts';

/** A copy of the file named by its content, with this mode: whoever runs from it keeps it, whatever becomes of the file itself. */
export function placeFile(places: Places, file: string, mode: number): string {
  const { name, ext } = path.parse(file);
  return place(path.join(places.programs, `${name}-${hash([readFileSync(file)])}${ext}`), (half) => copy(file, half, mode));
}

/** The same of a folder of files: one that is built anew under a running program would take away what that has not loaded yet. */
export function placeFolder(places: Places, folder: string): string {
  const files = readdirSync(folder).sort();
  const key = hash(files.flatMap((file) => [file, readFileSync(path.join(folder, file))]));
  return place(path.join(places.programs, `${path.basename(folder)}-${key}`), (half) => {
    mkdirSync(half);
    for (const file of files) copy(path.join(folder, file), path.join(half, file), 0o644);
    chmodSync(half, 0o755);
  });
}

function hash(parts: readonly (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex').slice(0, 12);
}

function copy(from: string, to: string, mode: number): void {
  copyFileSync(from, to);
  chmodSync(to, mode);
}

/** Whole or not at all, also where several servers of this host do it at once. */
function place(target: string, fill: (half: string) => void): string {
  if (existsSync(target)) return target;
  const half = `${target}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  fill(half);
  try {
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
