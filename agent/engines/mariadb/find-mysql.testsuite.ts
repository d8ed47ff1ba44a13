import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A MySQL of this host: in one of the folders that GUESTBOARD_PROGRAM_FOLDERS names, or the system's own; null where there is none. */
export function findMysql(): { binFolder: string; version: string } | null {
  const named = (process.env.GUESTBOARD_PROGRAM_FOLDERS ?? '').split(':').filter(Boolean);
  for (const binFolder of [...named, '/usr/sbin']) {
    const program = path.join(binFolder, 'mysqld');
    const said = existsSync(program) ? spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout : '';
    const version = / Ver (\d+\.\d+)/.exec(said)?.[1];
    if (version !== undefined && !said.includes('MariaDB')) return { binFolder, version };
  }
  return null;
}
