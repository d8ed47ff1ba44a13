import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
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

/**
 * The server that really runs on our data folder, or null. The pid file is only a hint: program, arguments and working folder decide.
 * Without it a copy of the server that rewrites a file, which looks just the same, could be taken for the server.
 */
export function findServer(place: Place): ProcessIdentity | null {
  const pid = readPidFile(place);
  if (pid === null) return null;
  const identity = identifyProcess(pid);
  return identity !== null && isOurs(place, pid) && isSameProcess(identity) ? identity : null;
}

/**
 * Waits until a killed server and the copies that rewrite files are gone, killing those that stay, and until its port is free: a big
 * one gives its memory back before it lets go of that. Who holds the port longer, the next server will say.
 */
export async function clearLeftovers(place: Place): Promise<void> {
  if (findServer(place) !== null) throw new GuestboardError('conflict', 'The database is still running.');
  const end = performance.now() + 2000;
  for (let left = listOurs(place); left.length > 0; left = listOurs(place)) {
    if (performance.now() > end) await killAll(left);
    await sleep(20);
  }
  while (!(await isFree(place)) && performance.now() < end) await sleep(20);
  rmSync(place.pidFile, { force: true });
}

function listOurs(place: Place): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOurs(place, pid) || isLeaving(place, pid))
    .map(identifyProcess)
    .filter((identity) => identity !== null);
}

async function killAll(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of processes) signalProcess(identity, 'SIGKILL');
  const ended = await Promise.all(processes.map((identity) => waitForEnd(identity, 60_000)));
  if (!ended.every(Boolean)) throw new GuestboardError('engine-unavailable', 'Processes of the old server cannot be ended.');
}

function isOurs(place: Place, pid: number): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === realpathSync(place.data) &&
      readExecutable(pid) === realpathSync(place.server.file) &&
      readCommandLine(pid)[1] === place.configFile
    );
  } catch {
    return false;
  }
}

/** Killed, it loses its program before it lets go of its memory and its port. */
function isLeaving(place: Place, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(place.data) && readExecutable(pid) === null;
  } catch {
    return false;
  }
}

function isFree(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port: place.port, host: place.listenAddress, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function readPidFile(place: Place): number | null {
  try {
    const pid = Number(readFileSync(place.pidFile, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}
