import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import type { Account } from '#drivers/process/account.ts';
import { run } from '#drivers/process/run.ts';

export function nameAccount(instanceId: string): string {
  return `gb-${instanceId.slice(0, 8)}`;
}

/** Instances of one project share a group, so that each may read what another backed up. */
export function nameGroup(projectId: string): string {
  return `gbp-${createHash('sha256').update(projectId).digest('hex').slice(0, 8)}`;
}

/** The ordinary system range holds 900 accounts; guests get a range of their own. */
const range = ['UID', 'GID'].flatMap((kind) => ['-K', `SYS_${kind}_MIN=30000`, '-K', `SYS_${kind}_MAX=59999`]);

export async function ensureGroup(projectId: string): Promise<number> {
  const name = nameGroup(projectId);
  const known = findGroup(name);
  if (known !== null) return known;
  await change('groupadd', ['--system', ...range.slice(4), name], () => findGroup(name) !== null);
  return findGroup(name) ?? fail(`The system group ${name} is missing although groupadd made it.`);
}

export async function ensureAccount(instanceId: string, projectId: string): Promise<Account> {
  const gid = await ensureGroup(projectId);
  const name = nameAccount(instanceId);
  const known = findAccount(name);
  if (known !== null && known.gid === gid) return known;
  if (known !== null) return fail(`The system account ${name} belongs to another project.`);
  const fixed = ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', '--no-user-group'];
  await change(
    'useradd',
    [...fixed, '--gid', String(gid), '--comment', 'Guestboard instance', ...range.slice(0, 4), name],
    () => findAccount(name) !== null,
  );
  return findAccount(name) ?? fail(`The system account ${name} is missing although useradd made it.`);
}

export async function removeAccount(instanceId: string): Promise<void> {
  const name = nameAccount(instanceId);
  if (findAccount(name) === null) return;
  await change('userdel', [name], () => findAccount(name) === null);
}

export function findAccount(name: string): Account | null {
  const fields = findLine('/etc/passwd', name);
  return fields === null ? null : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

function findGroup(name: string): number | null {
  const fields = findLine('/etc/group', name);
  return fields === null ? null : Number(fields[2]);
}

function findLine(file: string, name: string): string[] | null {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined ? null : line.split(':');
}

let waiting: Promise<unknown> = Promise.resolve();

/** One change at a time: the account files have one lock, and other programs of the host take it too. */
function change(command: string, args: string[], isDone: () => boolean): Promise<void> {
  const turn = waiting.then(async () => {
    for (let attempt = 1; ; attempt += 1) {
      const { code, stderr } = await run(`/usr/sbin/${command}`, args, { deadlineMs: 20_000 });
      if (code === 0 || isDone()) return;
      if (attempt === 20)
        throw new GuestboardError('conflict', `${command} could not change the host’s accounts.`, { detail: stderr.trim() });
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  });
  waiting = turn.catch(() => {});
  return turn;
}

function fail(sentence: string): never {
  throw new GuestboardError('conflict', sentence);
}
