import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const ticksPerSecond = 100;

/** Who a pid is at this moment, or undefined when nobody is. A pid alone proves nothing: it is reused. */
export function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { pid: Number(pid), startTicks: Number(fields[19]), parent: Number(fields[1]), args, executable: readExecutable(pid) };
  } catch {
    return undefined;
  }
}

export function isSameProcess(pid, startTicks) {
  return identify(pid)?.startTicks === startTicks;
}

/** When a process started, in seconds since 1970; whole seconds are all the kernel lets us know. */
export function startedAtSeconds({ startTicks }) {
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  return boot + startTicks / ticksPerSecond;
}

export function listProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(identify)
    .filter((found) => found !== undefined);
}

/** Sends the signal only to the very process that was identified. Returns whether it was still there. */
export function signal({ pid, startTicks }, name) {
  if (!isSameProcess(pid, startTicks)) return false;
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Waits until the process is gone; false when it still runs after `deadlineMs`. */
export async function waitUntilGone({ pid, startTicks }, deadlineMs) {
  const end = performance.now() + deadlineMs;
  while (isSameProcess(pid, startTicks)) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

function readExecutable(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}
