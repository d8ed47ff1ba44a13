import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { identifyProcess, isSameProcess, type ProcessIdentity, readCommandLine } from '#drivers/process/pid-identity.ts';
import { clearProcesses, readPidFile, runsIn } from '../../server-processes.ts';
import type { Place } from './place.ts';

const patienceMs = 2000;
/** Files that a copy of the server was writing, or that came from a source: whole they would have another name. */
const unfinished = /^temp-(rewriteaof-(bg-)?)?[\d.]+\.(aof|rdb)$/;

/**
 * The server that really runs on our data folder, or null. The pid file is only a hint: program, arguments and working folder decide.
 * Without it a copy of the server that rewrites a file, which looks just the same, could be taken for the server.
 */
export function findServer(place: Place): ProcessIdentity | null {
  const pid = readPidFile(place.pidFile);
  if (pid === null) return null;
  const identity = identifyProcess(pid);
  return identity !== null && isOurs(place, pid) && isSameProcess(identity) ? identity : null;
}

/**
 * Waits until a killed server and the copies that rewrite files are gone, killing those that stay, and until its port is free: a big
 * one gives its memory back before it lets go of that. Who holds the port longer, the next server will say. What was being written when it
 * was killed no server takes up again, nor removes: as large as the data each time, it would fill the volume.
 */
export async function clearLeftovers(place: Place): Promise<void> {
  if (findServer(place) !== null) throw new GuestboardError('conflict', 'The database is still running.');
  const end = performance.now() + patienceMs;
  await clearProcesses({ folder: place.data, isOurs: (pid) => isOurs(place, pid), patienceMs, killedMs: 60_000 });
  while (!(await isFree(place)) && performance.now() < end) await sleep(20);
  const left = existsSync(place.data) ? readdirSync(place.data).filter((name) => unfinished.test(name)) : [];
  for (const name of left) rmSync(path.join(place.data, name), { force: true });
  rmSync(place.pidFile, { force: true });
}

function isOurs(place: Place, pid: number): boolean {
  return runsIn(place.data, place.server.file, pid) && readCommandLine(pid)[1] === place.configFile;
}

function isFree(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port: place.port, host: place.listenAddress, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
