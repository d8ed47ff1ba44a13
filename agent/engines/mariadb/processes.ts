import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isSameProcess, type ProcessIdentity, readCommandLine } from '#drivers/process/pid-identity.ts';
import { runsIn } from '../../server-processes.ts';
import type { Place } from './place.ts';

/** How the server is started, and known again by. */
export function serverArguments(place: Place): string[] {
  return [`--defaults-file=${place.configFile}`];
}

/** The server that really runs on our data folder, or null: program, arguments and working folder decide. No pid file is asked. */
export function findServer(place: Place): ProcessIdentity | null {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const identity = identifyProcess(pid);
    if (identity !== null && isOurServer(place, pid) && isSameProcess(identity)) return identity;
  }
  return null;
}

/**
 * Waits until a killed server has let go of its files: it counts as dead from its first moment, but its threads hold the data
 * until the memory is given back, and a server that meets the lock waits a second or fails. Who holds it longer, that server will say.
 */
export async function waitUntilReleased(place: Place): Promise<void> {
  const end = performance.now() + 5000;
  while (isLocked(place.systemSpace) && performance.now() < end) await sleep(10);
}

/** Any lock on the file, by the kernel's own list of device and inode. The device alone is another one on stacked file systems. */
function isLocked(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.split(/\s+/).some((word) => /^[0-9a-f]+:[0-9a-f]+:\d+$/.test(word) && word.endsWith(`:${stat.ino}`)));
}

function isOurServer(place: Place, pid: number): boolean {
  if (!runsIn(place.data, place.serverProgram, pid)) return false;
  const words = readCommandLine(pid).slice(1);
  return words.length === 1 && words[0] === serverArguments(place)[0];
}
