import { createHash } from 'node:crypto';
import { existsSync, readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { listProcesses, signal, waitUntilGone } from './process-identity.mjs';

/** Stops every agent and then every engine that lives in this data folder's guest folders. Returns a remark with the counts. */
export async function stopGuests(layout) {
  const folders = listGuestFolders(layout.data);
  const ours = listProcesses().filter((found) => folders.some((folder) => livesIn(found, folder)));
  const engines = ours.filter(
    (found) => engineStop(found) !== undefined && !ours.some((other) => other.pid === found.parent && engineStop(other)),
  );
  const helpers = ours.filter((found) => engineStop(found) === undefined);
  await stopAll(helpers, () => 'SIGTERM', 10_000, 'SIGKILL');
  await stopAll(engines, engineStop, 60_000, 'SIGQUIT');
  return ours.length === 0 ? 'none ran' : `${count(engines, 'database')}, ${count(helpers, 'agent or helper', 'agents and helpers')}`;
}

function count({ length }, one, many = `${one}s`) {
  return `${length} ${length === 1 ? one : many}`;
}

/** Where this data folder's guests live. Undefined before the server made a place for them. */
export function findGuestFolder(data) {
  return listGuestFolders(data).find((folder) => existsSync(folder));
}

/** Guests live in the data folder, or where drivers/compute put them because that is closed to their accounts or too long for a socket. */
function listGuestFolders(data) {
  const key = createHash('sha256').update(data).digest('hex').slice(0, 8);
  const elsewhere = [path.join(homedir(), '.guestboard'), '/var/lib/guestboard', `/var/tmp/guestboard-${process.getuid()}`];
  return [data, ...elsewhere.map((folder) => path.join(folder, key))].map((base) => path.join(base, 'guests'));
}

/** The signal with which this engine ends its connections and closes its files properly; undefined for other programs. */
function engineStop({ executable }) {
  const program = path.basename(executable ?? '');
  // Redis and Valkey are one file with their checkers, whichever name it has.
  return /^(redis|valkey)-(server|check-rdb|check-aof)$/.test(program)
    ? 'SIGTERM'
    : { postgres: 'SIGINT', mariadbd: 'SIGTERM', mysqld: 'SIGTERM' }[program];
}

async function stopAll(processes, signalFor, deadlineMs, lastSignal) {
  for (const found of processes) signal(found, signalFor(found));
  await Promise.all(
    processes.map(async (found) => {
      if (await waitUntilGone(found, deadlineMs)) return;
      signal(found, lastSignal);
      await waitUntilGone(found, 5_000);
    }),
  );
}

/** A process belongs to a guest when it works in a guest's folder or was started with one: a name or a pid proves nothing. */
function livesIn({ pid, args }, folder) {
  const inside = (place) => place === folder || place.startsWith(`${folder}/`);
  if (pid === process.pid) return false;
  if (args.some((arg) => inside(arg) || inside(arg.slice(arg.indexOf('=') + 1)))) return true;
  try {
    return inside(readlinkSync(`/proc/${pid}/cwd`));
  } catch {
    return false;
  }
}
