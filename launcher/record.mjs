import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identify, isSameProcess } from './process-identity.mjs';

/** The launcher that runs on this data folder now, as it wrote itself down: { pid, startTicks, url, isStopping }. Undefined when none does. */
export function findLauncher(layout) {
  try {
    const record = JSON.parse(readFileSync(layout.record, 'utf8'));
    return isSameProcess(record.pid, record.startTicks) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Writes this process down. Returns false when another living launcher was faster. */
export function claimRecord(layout, url) {
  mkdirSync(path.dirname(layout.record), { recursive: true });
  const { startTicks } = identify(process.pid);
  const text = JSON.stringify({ pid: process.pid, startTicks, url, isStopping: false });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(layout.record, text, { flag: 'wx', mode: 0o644 });
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (findLauncher(layout)) return false;
      rmSync(layout.record, { force: true });
    }
  }
  return false;
}

/** Says that this launcher is on its way out: whoever starts meanwhile waits instead of giving up. */
export function markStopping(layout) {
  const record = findLauncher(layout);
  if (record?.pid === process.pid) writeFileSync(layout.record, JSON.stringify({ ...record, isStopping: true }));
}

export function dropRecord(layout) {
  if (findLauncher(layout)?.pid === process.pid) rmSync(layout.record, { force: true });
}
