import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Refusal } from './say.mjs';

const accountName = 'guestboard-db';

/** { uid, gid } of the control plane's database: an account no guest ever has. Undefined when not root: then it is ours. */
export function ensureDatabaseAccount() {
  if (process.getuid() !== 0) return undefined;
  const found = findAccount();
  if (found) return found;
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', accountName],
    {
      encoding: 'utf8',
    },
  );
  const account = findAccount();
  if (!account)
    throw new Refusal(`The system account ${accountName} could not be made: ${(made.stderr || made.error?.message || '').trim()}`);
  return account;
}

/** Whether the account may really read a file, asked of the kernel: mode bits of one folder say too little. */
export function mayRead(account, file, mode = '-r') {
  return spawnSync('/usr/bin/test', [mode, file], { ...account, cwd: '/' }).status === 0;
}

function findAccount() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${accountName}:`));
  if (!line) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
