import { readFileSync } from 'node:fs';
import { type ProcessIdentity, type ProcessStat, readProcess } from './pid-identity.ts';
import { listTree, readFirstChildren } from './process-tree.ts';

/** `cpu` in cores since the previous measurement, 0 at the first; memory as this tree's fair share (PSS), shared pages counted once. */
export type TreeMeasure = { cpu: number; memoryBytes: number; processes: number };

const ticksPerSecond = 100;
const membersIntervalMs = 5000;
const memoryInterval = { leastMs: 5000, mostMs: 60_000 };
/** Adding up pages takes a thousandth of the time: of a big shared memory with many processes it costs the kernel a good part of a second. */
const memoryShare = 1000;

/**
 * Measures one process tree again and again. CPU is read each time. Memory, and who belongs to the tree, more rarely: asking every thread for
 * its children costs milliseconds, too. Who the main process itself started since is seen at once.
 */
export function createTreeMeter(): (identity: ProcessIdentity | null) => TreeMeasure {
  let previous: { ticks: number; atMs: number } | null = null;
  let known: { identity: ProcessIdentity; children: string; members: ProcessStat[]; atMs: number } | null = null;
  let memory = { bytes: 0, nextMs: 0 };

  function listMembers(identity: ProcessIdentity, nowMs: number): ProcessStat[] {
    const children = readFirstChildren(identity.pid);
    if (known !== null && isSame(known.identity, identity) && nowMs - known.atMs < membersIntervalMs) {
      const members = children === known.children ? known.members.flatMap(readAgain) : listTree(identity);
      known = { ...known, children, members };
      return members;
    }
    if (known !== null && !isSame(known.identity, identity)) forget();
    const members = listTree(identity);
    known = { identity, children, members, atMs: nowMs };
    if (nowMs >= memory.nextMs) memory = addUpMemory(members);
    return members;
  }

  function forget() {
    previous = null;
    known = null;
    memory = { bytes: 0, nextMs: 0 };
  }

  return (identity) => {
    const nowMs = performance.now();
    const members = identity === null ? [] : listMembers(identity, nowMs);
    const root = members[0];
    if (root === undefined || root.pid !== identity?.pid) {
      forget();
      return { cpu: 0, memoryBytes: 0, processes: 0 };
    }
    // A child's time moves into its parent's account when it has been reaped, so the sum never loses any.
    const ticks = members.reduce((sum, stat) => sum + stat.cpuTicks, root.reapedChildrenTicks);
    const elapsed = previous === null ? 0 : (nowMs - previous.atMs) / 1000;
    const cpu = previous !== null && elapsed > 0 ? Math.max(0, (ticks - previous.ticks) / ticksPerSecond / elapsed) : 0;
    previous = { ticks, atMs: nowMs };
    return { cpu, memoryBytes: memory.bytes, processes: members.length };
  };
}

function addUpMemory(members: readonly ProcessStat[]) {
  const sinceMs = performance.now();
  const bytes = members.reduce((sum, { pid }) => sum + readMemory(pid), 0);
  const nowMs = performance.now();
  const pauseMs = memoryShare * (nowMs - sinceMs);
  return { bytes, nextMs: nowMs + Math.min(memoryInterval.mostMs, Math.max(memoryInterval.leastMs, pauseMs)) };
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTicks === other.startTicks;
}

/** Nothing when it has gone, and when its number is another's now. */
function readAgain({ pid, startTicks }: ProcessStat): ProcessStat[] {
  const stat = readProcess(pid);
  return stat?.startTicks === startTicks ? [stat] : [];
}

/** The process's proportional share; where only its owner may see that, resident less shared. */
function readMemory(pid: number): number {
  const share = readKilobytes(`/proc/${pid}/smaps_rollup`, 'Pss');
  if (share !== null) return share * 1024;
  const status = `/proc/${pid}/status`;
  return ((readKilobytes(status, 'RssAnon') ?? 0) + (readKilobytes(status, 'RssFile') ?? 0)) * 1024;
}

function readKilobytes(file: string, name: string): number | null {
  try {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'));
    return match ? Number(match[1]) : null;
  } catch {
    return null;
  }
}
