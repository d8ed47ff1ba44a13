import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { identifyProcess, type ProcessIdentity, readExecutable, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';

/** Whether a process really works in this folder with this program. */
export function runsIn(folder: string, program: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder) && readExecutable(pid) === realpathSync(program);
  } catch {
    return false;
  }
}

/** The number on a pid file's first line; a hint, no more. */
export function readPidFile(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

export type Leftovers = {
  folder: string;
  isOurs(pid: number): boolean;
  /** How long they may take to go by themselves, and once killed. */
  patienceMs: number;
  killedMs: number;
};

/**
 * Waits until everything that works on a data folder is gone, killing what stays: a killed server's children, and itself, hold memory,
 * files and ports for a while.
 */
export async function clearProcesses(leftovers: Leftovers): Promise<void> {
  const end = performance.now() + leftovers.patienceMs;
  for (let left = listProcesses(leftovers); left.length > 0; left = listProcesses(leftovers)) {
    if (performance.now() > end) await killAll(left, leftovers.killedMs);
    await sleep(20);
  }
}

function listProcesses({ folder, isOurs }: Leftovers): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOurs(pid) || isLeaving(folder, pid))
    .map(identifyProcess)
    .filter((identity) => identity !== null);
}

async function killAll(processes: readonly ProcessIdentity[], deadlineMs: number): Promise<void> {
  for (const identity of processes) signalProcess(identity, 'SIGKILL');
  const ended = await Promise.all(processes.map((identity) => waitForEnd(identity, deadlineMs)));
  if (!ended.every(Boolean)) throw new GuestboardError('engine-unavailable', 'Processes of the old server cannot be ended.');
}

/** Killed, it loses its program before it lets go of its memory: until it is gone, a new server would refuse to start. */
function isLeaving(folder: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder) && readExecutable(pid) === null;
  } catch {
    return false;
  }
}
