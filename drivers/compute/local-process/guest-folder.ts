import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { GuestIdentity } from '#contract/guest/identity.ts';
import type { Account } from '#drivers/process/account.ts';

/** Makes the folder, or takes it up again. A folder with something in it that is not this instance's is never touched. */
export function makeGuestFolder(folder: string, instanceId: string, account: Account | undefined): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !ownsFolder(folder, instanceId)) {
    throw new GuestboardError('conflict', `The folder ${folder} holds something that is not this instance’s; it was left alone.`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
}

/** True when the identity inside names this instance; a folder made a moment ago and still empty counts as well, and one half removed. */
export function ownsFolder(folder: string, instanceId: string): boolean {
  const found = readInstanceId(path.join(folder, 'identity.json')) ?? readInstanceId(path.join(folder, removedIdentity));
  return found === null
    ? existsSync(folder) && readdirSync(folder).every((name) => name.startsWith('identity.json'))
    : found === instanceId;
}

const removedIdentity = 'removed.json';

/** From now on no agent is started here, while what is left still says whose it was. */
export function withdrawIdentity(folder: string): void {
  const file = path.join(folder, 'identity.json');
  if (existsSync(file)) renameSync(file, path.join(folder, removedIdentity));
}

export function isLiving(folder: string, instanceId: string): boolean {
  return readInstanceId(path.join(folder, 'identity.json')) === instanceId;
}

function readInstanceId(file: string): string | null {
  try {
    const { instanceId } = JSON.parse(readFileSync(file, 'utf8')) as { instanceId?: unknown };
    return typeof instanceId === 'string' ? instanceId : null;
  } catch {
    return null;
  }
}

export function readIdentity(file: string): GuestIdentity | null {
  try {
    return GuestIdentity.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function writeIdentity(file: string, identity: GuestIdentity, account: Account | undefined): void {
  const half = `${file}.new`;
  // The folder is the guest's: what it put under this name, a link to somewhere else, is neither written through nor given away.
  rmSync(half, { force: true });
  const opened = openSync(half, 'wx', 0o600);
  try {
    writeFileSync(opened, JSON.stringify(identity, null, 2));
    if (account !== undefined) fchownSync(opened, account.uid, account.gid);
  } finally {
    closeSync(opened);
  }
  renameSync(half, file);
}
