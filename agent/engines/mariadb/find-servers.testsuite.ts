import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export type FoundServer = { binFolder: string; version: string };

/** A MySQL of this host: in one of the folders that GUESTBOARD_PROGRAM_FOLDERS names, or the system's own; null where there is none. */
export function findMysql(): FoundServer | null {
  return listServers('mysqld', (said) => !said.includes('MariaDB'))[0] ?? null;
}

/** Every version of MariaDB in the same folders. */
export function listMariadb(): FoundServer[] {
  const found = listServers('mariadbd', (said) => said.includes('MariaDB'));
  if (found.length === 0) throw new Error('There is no MariaDB: install mariadb-server-core.');
  return found;
}

function listServers(program: string, isIt: (said: string) => boolean): FoundServer[] {
  const named = (process.env.GUESTBOARD_PROGRAM_FOLDERS ?? '').split(':').filter(Boolean);
  return [...named, '/usr/sbin'].flatMap((binFolder) => {
    const file = path.join(binFolder, program);
    const said = existsSync(file) ? spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout : '';
    const version = / Ver (\d+\.\d+)/.exec(said)?.[1];
    return version !== undefined && isIt(said) ? [{ binFolder, version }] : [];
  });
}
