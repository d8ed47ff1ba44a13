import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findGuestFolder } from './guests.mjs';

const mostBytes = 20_000_000;
const everyMs = 60_000;

/** While the server runs, what the control plane, its database and the agents print is cut now and then: in years it would fill the disk. */
export function keepLogsSmall(layout) {
  setInterval(() => {
    const guests = findGuestFolder(layout.data);
    for (const folder of [layout.logs, ...(guests ? [path.join(path.dirname(guests), 'agents')] : [])])
      for (const file of listLogs(folder)) tryToLimit(file);
  }, everyMs).unref();
}

/** None where the folder is gone: whoever removes the data of a running server must not end it here. */
function listLogs(folder) {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
    return names.map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function tryToLimit(file) {
  try {
    limitLog(file);
  } catch {
    // Its agent goes with it just now, or it cannot be cut: that keeps no other from it, and it is looked at again.
  }
}

/**
 * Begins a log anew that is larger, with its newest part kept beside it as `….log.1`. Whoever writes to it has it open at its end, wherever
 * that is, and goes on; what is written between the copy and the cut is lost.
 */
export function limitLog(file, most = mostBytes) {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= most) return;
  try {
    writeFileSync(`${file}.1`, readNewest(file, most, size), { mode: 0o600 });
  } catch {
    // A full disk has no room for a copy, and needs this all the more.
    rmSync(`${file}.1`, { force: true });
  }
  truncateSync(file);
}

function readNewest(file, most, size) {
  const newest = Buffer.alloc(most);
  const log = openSync(file, 'r');
  try {
    return newest.subarray(0, readSync(log, newest, 0, most, size - most));
  } finally {
    closeSync(log);
  }
}
