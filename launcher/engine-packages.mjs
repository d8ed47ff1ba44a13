import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { findPrivilege, installDebianPackages, toAptCommand } from './apt.mjs';
import { phase, say } from './say.mjs';

/** Debian packages of the engines: `isThere` asks the disk, `listPackages` asks apt what this release calls them. */
const engines = [
  { title: 'PostgreSQL of this Debian', isThere: hasPostgres, listPackages: () => [newestPostgres()] },
  // The core packages alone: the full one brings a service that the host's next start would begin.
  {
    title: 'MariaDB of this Debian',
    isThere: () => (existsSync('/usr/sbin/mariadbd') && existsSync('/usr/bin/mariadb-backup')) || hasMysql(),
    listPackages: () => ['mariadb-server-core', 'mariadb-client-core', 'mariadb-backup'],
  },
  // Its tools hold the server itself; the package named for the server adds a service and an account.
  {
    title: 'Redis of this Debian',
    isThere: () => ['redis-server', 'redis-check-rdb', 'valkey-server'].some((name) => existsSync(`/usr/bin/${name}`)),
    listPackages: () => ['redis-tools'],
  },
  { title: 'zstd for backups', isThere: () => existsSync('/usr/bin/zstd'), listPackages: () => ['zstd'] },
];

/** Installs what engines need where that is allowed; elsewhere says the one command and goes on with what npm brought. */
export async function installEnginePackages() {
  const missing = engines.filter((engine) => !engine.isThere());
  if (missing.length === 0 || !existsSync('/usr/bin/apt-get')) return;
  const packages = missing.flatMap((engine) => engine.listPackages());
  const titles = missing.map((engine) => engine.title).join(', ');
  const privilege = findPrivilege();
  if (!privilege)
    return say(`        ${titles} is not installed. To have it beside the PostgreSQL that npm brings: ${toAptCommand(packages)}`);
  await phase(`${titles} installed (${packages.join(', ')})`, async () => {
    const { code, output } = await installDebianPackages(packages, privilege);
    if (code === 0) return undefined;
    const reason =
      output
        .split('\n')
        .filter((line) => /^E: /.test(line))
        .slice(-2)
        .join(' ') || `apt-get ended with ${code}`;
    return `not done, ${reason} Guestboard goes on with the PostgreSQL that npm brings.`;
  });
}

/** Debian's packages of the two exclude each other, so one that is there stays. A program of this name beside MariaDB's is that one's. */
function hasMysql() {
  return existsSync('/usr/sbin/mysqld') && !existsSync('/usr/sbin/mariadbd');
}

function hasPostgres() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return versions.some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/postgres`));
}

/** `postgresql-15` on Debian 12. Where apt has no lists yet the name of that release stands in. */
function newestPostgres() {
  const found = spawnSync('apt-cache', ['search', '--names-only', '^postgresql-[0-9]+$'], { encoding: 'utf8' }).stdout ?? '';
  const versions = [...found.matchAll(/^postgresql-(\d+) /gm)].map((match) => Number(match[1]));
  return `postgresql-${versions.length > 0 ? Math.max(...versions) : 15}`;
}
