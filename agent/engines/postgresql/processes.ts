import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import {
  identifyProcess,
  isSameProcess,
  type ProcessIdentity,
  readCommandLine,
  readExecutable,
  signalProcess,
  waitForEnd,
} from '#drivers/process/pid-identity.ts';
import type { Place } from './place.ts';

/** The server that really runs on our data folder, or null. The pid file is only a hint: program, arguments and working folder decide. */
export function findPostmaster(place: Place): ProcessIdentity | null {
  const pid = readPidFile(place);
  if (pid === null) return null;
  const identity = identifyProcess(pid);
  if (identity === null || !isOurServer(place, pid)) return null;
  const words = readCommandLine(pid);
  if (!words.some((word, index) => word === '-D' && words[index + 1] === place.data)) return null;
  return isSameProcess(identity) ? identity : null;
}

/** Whether the server says in its pid file that it takes connections: asking it by connecting fills its log with refusals. */
export function saysReady(place: Place, { pid }: ProcessIdentity): boolean {
  try {
    const lines = readFileSync(place.pidFile, 'utf8').split('\n');
    return Number(lines[0]) === pid && ['ready', 'standby'].includes(lines[7]?.trim() ?? '');
  } catch {
    return false;
  }
}

/** Every process of the server on our data folder, the postmaster or what outlived it. All of PostgreSQL's processes work in their data folder. */
export function listServerProcesses(place: Place): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOurServer(place, pid) || isLeaving(place, pid))
    .map(identifyProcess)
    .filter((identity) => identity !== null);
}

/**
 * Clears what a killed server left. Its children must be gone first (they still hold the shared memory): they notice within
 * milliseconds; those that do not are killed. Then both lock files go, since a dead pid in them may be a stranger's by now.
 */
export async function clearLeftovers(place: Place): Promise<void> {
  if (findPostmaster(place) !== null) throw new GuestboardError('conflict', 'The database is still running.');
  const end = performance.now() + 5000;
  for (let left = listServerProcesses(place); left.length > 0; left = listServerProcesses(place)) {
    if (performance.now() > end) await killAll(left);
    await sleep(20);
  }
  for (const file of [place.pidFile, place.socketFile, `${place.socketFile}.lock`]) rmSync(file, { force: true });
}

async function killAll(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of processes) signalProcess(identity, 'SIGKILL');
  const ended = await Promise.all(processes.map((identity) => waitForEnd(identity, 5000)));
  if (!ended.every(Boolean)) throw new GuestboardError('engine-unavailable', 'Processes of the old server cannot be ended.');
}

function isOurServer(place: Place, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(place.data) && readExecutable(pid) === realpathSync(place.postgres);
  } catch {
    return false;
  }
}

/** Killed, it loses its program before it lets go of the shared memory: until it is gone, a new server would refuse to start. */
function isLeaving(place: Place, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(place.data) && readExecutable(pid) === null;
  } catch {
    return false;
  }
}

function readPidFile(place: Place): number | null {
  try {
    const pid = Number(readFileSync(place.pidFile, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}
