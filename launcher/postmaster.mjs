import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { identify, startedAtSeconds } from './process-identity.mjs';

/** The postmaster that really runs on this data folder: the pid file's word is checked against the process itself. */
export function findPostmaster(database) {
  const lock = readLock(database);
  if (!lock) return undefined;
  const found = identify(lock.pid);
  if (!found || path.basename(found.executable ?? '') !== 'postgres') return undefined;
  const isOnThisFolder = found.args[found.args.indexOf('-D') + 1] === database;
  const isOfThatTime = Math.abs(startedAtSeconds(found) - lock.startedAtSeconds) < 10;
  return isOnThisFolder && isOfThatTime ? found : undefined;
}

/** PostgreSQL will not start while its lock file names a living pid, even a stranger's. That lock means nothing: remove it. */
export function forgetStrangersLock(database) {
  const lock = readLock(database);
  if (lock && identify(lock.pid) && !findPostmaster(database)) rmSync(path.join(database, 'postmaster.pid'), { force: true });
}

function readLock(database) {
  try {
    const lines = readFileSync(path.join(database, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), startedAtSeconds: Number(lines[2]) };
  } catch {
    return undefined;
  }
}
