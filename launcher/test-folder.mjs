import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { ensureDatabaseAccount, mayRead } from './account.mjs';
import { inProject, project } from './places.mjs';

const longestForSockets = 60;

/**
 * The data folder of a Guestboard that tests or benchmarks start: in the clone, or below /var/tmp where the clone is closed
 * to the databases' accounts or its path too long for their sockets. The same clone always gets the same one.
 */
export function chooseTestFolder(name) {
  const inside = inProject('var', name);
  const account = ensureDatabaseAccount();
  if (inside.length <= longestForSockets && (!account || mayRead(account, project, '-x'))) return inside;
  const mark = createHash('sha256').update(project).digest('hex').slice(0, 8);
  const base = `/var/tmp/guestboard-test-${process.getuid()}-${mark}`;
  mkdirSync(base, { recursive: true });
  chmodSync(base, 0o711);
  return path.join(base, path.basename(name));
}

/** Removes such a folder and the system accounts its guests had. Everything in it must have been stopped. */
export function removeTestFolder(data) {
  const guests = path.join(data, 'guests');
  const names = process.getuid() === 0 && existsSync(guests) ? readdirSync(guests) : [];
  for (const name of names) {
    const { gid } = statSync(path.join(guests, name));
    spawnSync('userdel', [`gb-${name}`], { stdio: 'ignore' });
    const group = spawnSync('getent', ['group', String(gid)], { encoding: 'utf8' }).stdout.split(':')[0];
    if (group?.startsWith('gbp-')) spawnSync('groupdel', [group], { stdio: 'ignore' });
  }
  rmSync(data, { recursive: true, force: true });
}
