import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { listProcesses, signal, waitUntilGone } from './process-identity.mjs';

/** Stops every agent and then every engine that lives in this data folder's guest folders. Returns a remark with the counts. */
export async function stopGuests(layout) {
  const ours = listProcesses().filter((found) => livesIn(found, path.join(layout.data, 'guests')));
  const engines = ours.filter(
    (found) => engineStop(found) !== undefined && !ours.some((other) => other.pid === found.parent && engineStop(other)),
  );
  const helpers = ours.filter((found) => engineStop(found) === undefined);
  await stopAll(helpers, () => 'SIGTERM', 10_000, 'SIGKILL');
  await stopAll(engines, engineStop, 60_000, 'SIGQUIT');
  return ours.length === 0 ? 'none ran' : `${engines.length} databases, ${helpers.length} agents and helpers`;
}

/** The signal with which this engine ends its connections and closes its files properly; undefined for other programs. */
function engineStop({ executable }) {
  return { postgres: 'SIGINT', mariadbd: 'SIGTERM', 'redis-server': 'SIGTERM', 'valkey-server': 'SIGTERM' }[
    path.basename(executable ?? '')
  ];
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
    if (inside(readlinkSync(`/proc/${pid}/cwd`))) return true;
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .some((entry) => entry.startsWith('GUESTBOARD_') && inside(entry.slice(entry.indexOf('=') + 1)));
  } catch {
    return false;
  }
}
