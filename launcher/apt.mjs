import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/** How this account may run apt: directly, through sudo that asks nothing, or not at all (undefined). */
export function findPrivilege() {
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  if (process.getuid() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/** The command a person would type for the same. */
export function toAptCommand(packages) {
  return `${process.getuid() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs Debian packages without starting a service, creating a database cluster or restarting what runs: services are
 * held back by a policy that is there only meanwhile, and whatever stood in its place comes back. Removes nothing. Returns { code, output }.
 */
export function installDebianPackages(packages, privilege) {
  const [command = '/bin/sh', ...before] = privilege;
  const shell = privilege.length > 0 ? ['/bin/sh'] : [];
  return run(command, [...before, ...shell, '-c', script, 'install', ...packages], {
    cwd: '/',
    detached: true,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

const script = String.raw`
set -eu
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
mark='temporary: Guestboard is installing packages'
put_back() {
  if grep -qs "$mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.before-guestboard" ]; then mv -f "$policy.before-guestboard" "$policy"; fi
  if [ -e "$clusters.before-guestboard" ]; then mv -f "$clusters.before-guestboard" "$clusters"; fi
}
trap put_back EXIT
trap 'exit 1' INT TERM HUP
put_back
if [ -e "$policy" ]; then mv "$policy" "$policy.before-guestboard"; fi
printf '#!/bin/sh\n# %s\nexit 101\n' "$mark" > "$policy"
chmod 755 "$policy"
apt_get() { apt-get -o DPkg::Lock::Timeout=300 -y --no-remove --no-install-recommends "$@"; }
apt_get update
case " $* " in
  *' postgresql-'*)
    apt_get install postgresql-common
    cp -p "$clusters" "$clusters.before-guestboard"
    printf 'create_main_cluster = false\n' > "$clusters"
    ;;
esac
apt_get install "$@"
`;
