import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { mayRead } from './account.mjs';
import { Refusal } from './say.mjs';

/**
 * Where everything lives. Started as root, folders above the data may be closed to the accounts that run the databases
 * (a clone in a 0700 home): then the data lives below /var/lib/guestboard, under a name made from the path asked for.
 */
export function layOut(settings, account) {
  const mark = createHash('sha256').update(settings.data).digest('hex').slice(0, 8);
  const elsewhere = path.join('/var/lib/guestboard', mark);
  const isClosed = account !== undefined && !mayRead(account, nearestFolder(settings.data), '-x');
  const data = isClosed ? elsewhere : settings.data;
  return {
    data,
    isMoved: isClosed,
    elsewhere,
    database: path.join(data, 'database'),
    logs: path.join(data, 'logs'),
    record: path.join(data, 'run/launcher.json'),
    keyFile: settings.keyFile ?? path.join(data, 'keys/key'),
    databasePassword: path.join(data, 'keys/database-password'),
    operatorPassword: path.join(data, 'operator-password'),
    sockets: path.join(shortFolder(settings.isRoot), `guestboard-${mark}`),
  };
}

/** A socket's path has at most 107 bytes, so it cannot live below a data folder that may be anywhere. */
function shortFolder(isRoot) {
  const own = process.env.XDG_RUNTIME_DIR;
  if (isRoot) return '/run';
  return own && own.length < 60 && existsSync(own) ? own : '/tmp';
}

/** Makes a 0700 folder for `account` (us when undefined), and refuses one that somebody else put there first. */
export function requirePrivateFolder(folder, account) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const owners = [process.getuid(), account?.uid];
  if (!found.isDirectory() || !owners.includes(found.uid))
    throw new Refusal(`${folder} belongs to somebody else: remove it, Guestboard keeps its database's socket there.`);
  if (account) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}

function nearestFolder(place) {
  let folder = place;
  while (!isFolder(folder)) folder = path.dirname(folder);
  return folder;
}

function isFolder(place) {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}
