import { existsSync, readdirSync } from 'node:fs';
import { findPrivilege, installDebianPackages, toAptCommand } from './apt.mjs';
import { phase, Refusal } from './say.mjs';

/** Chromium as programs drive it: without the frame of a window, and with a fifth less work for the machine it shares with databases. */
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/** What tests need beside npm's packages, and how to tell that it is there. */
const needs = [
  { package: 'chromium-headless-shell', isThere: () => existsSync(chromium) },
  {
    package: 'postgresql-15',
    isThere: () => listFolder('/usr/lib/postgresql').some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/postgres`)),
  },
  { package: 'mariadb-server-core', isThere: () => existsSync('/usr/sbin/mariadbd') },
  { package: 'mariadb-client-core', isThere: () => existsSync('/usr/bin/mariadb') },
  { package: 'mariadb-backup', isThere: () => existsSync('/usr/bin/mariadb-backup') },
  { package: 'zstd', isThere: () => existsSync('/usr/bin/zstd') },
  { package: 'redis-tools', isThere: () => existsSync('/usr/bin/redis-check-rdb') && existsSync('/usr/bin/redis-cli') },
  // A Swift and S3 server, which the storage drivers' tests start themselves.
  { package: 'python3-swift', isThere: () => existsSync('/usr/lib/python3/dist-packages/swift/proxy/server.py') },
  { package: 'memcached', isThere: () => existsSync('/usr/bin/memcached') },
];

/** Installs what is missing, or names it with the one command that installs it. */
export async function requireTestPackages() {
  const missing = needs.filter((need) => !need.isThere()).map((need) => need.package);
  if (missing.length === 0) return;
  const privilege = findPrivilege();
  if (!privilege) throw new Refusal(`The tests need ${missing.join(' and ')}: ${toAptCommand(missing)}`);
  await phase(`test prerequisites installed (${missing.join(', ')})`, async () => {
    const { code, output } = await installDebianPackages(missing, privilege);
    const absent = needs.filter((need) => !need.isThere()).map((need) => need.package);
    if (absent.length === 0) return undefined;
    throw new Refusal(
      `The tests need ${absent.join(' and ')}, and apt-get ended with ${code}: ${toAptCommand(absent)}\n${output.trimEnd().split('\n').slice(-6).join('\n')}`,
    );
  });
}

function listFolder(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}
