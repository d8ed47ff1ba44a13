import { readFileSync, rmSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import { identifyProcess, isSameProcess, type ProcessIdentity, readCommandLine } from '#drivers/process/pid-identity.ts';
import { clearProcesses, readPidFile, runsIn } from '../../server-processes.ts';
import type { Place } from './place.ts';

/** The server that really runs on our data folder, or null. The pid file is only a hint: program, arguments and working folder decide. */
export function findPostmaster(place: Place): ProcessIdentity | null {
  const pid = readPidFile(place.pidFile);
  if (pid === null) return null;
  const identity = identifyProcess(pid);
  if (identity === null || !runsIn(place.data, place.postgres, pid) || !runsOn(place.data, pid)) return null;
  return isSameProcess(identity) ? identity : null;
}

/** Whether the process was started as a server of this data folder. */
export function runsOn(data: string, pid: number): boolean {
  const words = readCommandLine(pid);
  return words.some((word, index) => word === '-D' && words[index + 1] === data);
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

/**
 * Clears what a killed server left. Its children must be gone first (they still hold the shared memory): they notice within
 * milliseconds; those that do not are killed. Then both lock files go, since a dead pid in them may be a stranger's by now.
 */
export async function clearLeftovers(place: Place): Promise<void> {
  if (findPostmaster(place) !== null) throw new GuestboardError('conflict', 'The database is still running.');
  const isOurs = (pid: number) => runsIn(place.data, place.postgres, pid);
  await clearProcesses({ folder: place.data, isOurs, patienceMs: 5000, killedMs: 5000 });
  for (const file of [place.pidFile, place.socketFile, `${place.socketFile}.lock`]) rmSync(file, { force: true });
}
