import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Places } from './places.ts';

/** A copy of the file named by its content, with this mode: whoever runs from it keeps it, whatever becomes of the file itself. */
export async function placeFile(places: Places, file: string, mode: number): Promise<string> {
  const { name, ext } = path.parse(file);
  return placeWhole(path.join(places.programs, `${name}-${hash([await readFile(file)])}${ext}`), (half) => copy(file, half, mode));
}

/** The same of a folder of files: one that is built anew under a running program would take away what that has not loaded yet. */
export async function placeFolder(places: Places, folder: string): Promise<string> {
  const files = (await readdir(folder)).sort();
  const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
  const key = hash(files.flatMap((file, index) => [file, contents[index] ?? '']));
  return placeWhole(path.join(places.programs, `${path.basename(folder)}-${key}`), async (half) => {
    await mkdir(half);
    for (const file of files) await copy(path.join(folder, file), path.join(half, file), 0o644);
    await chmod(half, 0o755);
  });
}

function hash(parts: readonly (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex').slice(0, 12);
}

async function copy(from: string, to: string, mode: number): Promise<void> {
  await copyFile(from, to);
  await chmod(to, mode);
}

/** Whole or not at all, however many servers of this host, and guests of this one, want it at once. */
export async function placeWhole(target: string, fill: (half: string) => Promise<void>): Promise<string> {
  if (existsSync(target)) return target;
  await clearHalves(path.dirname(target));
  const half = `${target}.${randomUUID()}.half`;
  try {
    await fill(half);
    await rename(half, target);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** What servers left that were killed meanwhile: nobody places anything for so long. */
async function clearHalves(folder: string): Promise<void> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const half of names.filter((name) => name.endsWith('.half')).map((name) => path.join(folder, name))) {
    const { mtimeMs } = await stat(half).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - 3_600_000) await rm(half, { recursive: true, force: true });
  }
}
