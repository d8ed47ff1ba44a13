import { readFileSync, readlinkSync } from 'node:fs';

/** One life of one process: a pid is used again, but never with the same start time on the same boot of the host. */
export type ProcessIdentity = { pid: number; startTicks: number; hostBoot: string };

/** A living process as /proc shows it. Times in clock ticks. */
export type ProcessStat = {
  pid: number;
  parentPid: number;
  state: string;
  startTicks: number;
  cpuTicks: number;
  reapedChildrenTicks: number;
};

/** Null when the pid is free, or a zombie: a dead process that nobody has reaped yet still has a pid, and kill(pid, 0) succeeds on it. */
export function readProcess(pid: number): ProcessStat | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The command name may hold spaces and brackets: fields count from the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  const state = fields[0] ?? 'X';
  if (state === 'Z' || state === 'X' || state === 'x') return null;
  return {
    pid,
    parentPid: field(4),
    state,
    startTicks: field(22),
    cpuTicks: field(14) + field(15),
    reapedChildrenTicks: field(16) + field(17),
  };
}

export function identifyProcess(pid: number): ProcessIdentity | null {
  const stat = readProcess(pid);
  return stat === null ? null : { pid, startTicks: stat.startTicks, hostBoot: readHostBoot() };
}

/** True while that very process lives. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return readSameProcess(identity) !== null;
}

/** That very process as it is now; null when it is gone, whoever has its number. */
export function readSameProcess(identity: ProcessIdentity): ProcessStat | null {
  const stat = readProcess(identity.pid);
  return stat !== null && stat.startTicks === identity.startTicks && identity.hostBoot === readHostBoot() ? stat : null;
}

/** How long it has lived, to a hundredth of a second. */
export function measureAgeMs({ startTicks }: ProcessIdentity): number {
  return Number((readProc('uptime') ?? '').split(' ')[0]) * 1000 - startTicks * 10;
}

/** Path of the program a process runs, or null when it is gone or another account's. */
export function readExecutable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}

/** Its arguments, the program's name first; empty when gone. */
export function readCommandLine(pid: number): string[] {
  return (readProc(`${pid}/cmdline`) ?? '').split('\0').slice(0, -1);
}

/** Signals that very process and no other that may have inherited its pid. False when it was gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Resolves true when the process is gone, false when it still lives after `deadlineMs`. */
export async function waitForEnd(identity: ProcessIdentity, deadlineMs: number, pollMs = 20): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (isSameProcess(identity)) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  const candidate = value as Partial<ProcessIdentity> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    Number.isInteger(candidate.pid) &&
    Number.isInteger(candidate.startTicks) &&
    typeof candidate.hostBoot === 'string'
  );
}

let hostBoot: string | null = null;
function readHostBoot(): string {
  hostBoot ??= (readProc('sys/kernel/random/boot_id') ?? '').trim();
  return hostBoot;
}

function readProc(name: string): string | null {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return null;
  }
}
