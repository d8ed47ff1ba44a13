import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessIdentity, type ProcessStat, readProcess, readSameProcess, signalProcess, waitForEnd } from './pid-identity.ts';

/** The process and all its descendants, the process first. Empty when it is gone. */
export function listTree(identity: ProcessIdentity): ProcessStat[] {
  const root = readSameProcess(identity);
  if (root === null) return [];
  const found = [root];
  const waiting = listChildren(identity.pid);
  for (let pid = waiting.shift(); pid !== undefined; pid = waiting.shift()) {
    const stat = readProcess(pid);
    if (stat === null) continue;
    found.push(stat);
    waiting.push(...listChildren(pid));
  }
  return found;
}

/** Kills the process and its descendants: asks with `signal`, after `graceMs` SIGKILL. Resolves true when all are gone. */
export async function killTree(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const members = listTree(identity).map(({ pid, startTicks }) => ({ pid, startTicks, hostBoot: identity.hostBoot }));
  signalProcess(identity, signal);
  if (!(await waitForEnd(identity, graceMs))) signalProcess(identity, 'SIGKILL');
  const gone = await Promise.all(
    members.map(async (member) => {
      if (await waitForEnd(member, 500)) return true;
      signalProcess(member, 'SIGKILL');
      return waitForEnd(member, 2000);
    }),
  );
  return gone.every(Boolean);
}

/** The children of a process's first thread as the kernel writes them: one read tells whether any came or went. */
export function readFirstChildren(pid: number): string {
  return readChildren(pid, String(pid));
}

function listChildren(pid: number): number[] {
  let tasks: string[];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return tasks.flatMap((task) => readChildren(pid, task).split(' ').filter(Boolean).map(Number));
}

function readChildren(pid: number, task: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8');
  } catch {
    return '';
  }
}
