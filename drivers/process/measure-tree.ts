import { readFileSync } from 'node:fs';
import { type ProcessIdentity, type ProcessStat, readProcess } from './pid-identity.ts';
import { listTree, readFirstChildren } from './process-tree.ts';

/** `cpu` in cores since the previous measurement, 0 at the first; memory as this tree's fair share (PSS), shared pages counted once. */
export type TreeMeasure = { cpu: number; memoryBytes: number; processes: number };

const ticksPerSecond = 100;
/** How often is read who belongs to the tree, and with it the memory; and what the members besides the main process have used. */
const intervals = { busy: { listMs: 5000, membersMs: 0 }, resting: { listMs: 15_000, membersMs: 5000 } };
/** More than an idle server does in a second: a tick or two of some of its helpers. */
const restingCpu = 0.025;
const restsAfterMs = 10_000;
/** How long one that comes or goes keeps it from resting; one that works does so itself by then. */
const settlesAfterMs = 3000;
const memoryInterval = { leastMs: 5000, mostMs: 60_000 };
/** Adding up pages takes a thousandth of the time: of a big shared memory with many processes it costs the kernel a good part of a second. */
const memoryShare = 1000;

type Known = { identity: ProcessIdentity; children: string; members: ProcessStat[]; listedAtMs: number; readAtMs: number };

/**
 * Measures one process tree again and again. CPU is read each time. Memory, and who belongs to the tree, more rarely: asking every thread for
 * its children costs milliseconds, too. Who the main process itself started since is seen at once. Of a tree at rest the main process alone is
 * read each time, unless `isStirred` tells that it may have something to do; what the others used meanwhile counts when they are read.
 */
export function createTreeMeter(): (identity: ProcessIdentity | null, isStirred?: boolean) => TreeMeasure {
  let previous: { ticks: number; atMs: number } | null = null;
  let known: Known | null = null;
  let busyUntilMs = 0;
  let memory = { bytes: 0, nextMs: 0 };

  function listMembers(identity: ProcessIdentity, nowMs: number, isStirred: boolean): ProcessStat[] {
    if (known !== null && !isSame(known.identity, identity)) forget();
    if (known === null) busyUntilMs = nowMs + restsAfterMs;
    const children = readFirstChildren(identity.pid);
    const { listMs, membersMs } = nowMs < busyUntilMs ? intervals.busy : intervals.resting;
    if (known === null || nowMs - known.listedAtMs >= listMs) {
      const members = listTree(identity);
      known = { identity, children, members, listedAtMs: nowMs, readAtMs: nowMs };
      if (nowMs >= memory.nextMs) memory = addUpMemory(members);
    } else if (children !== known.children) {
      known = { ...known, children, members: listTree(identity), readAtMs: nowMs };
      busyUntilMs = Math.max(busyUntilMs, nowMs + settlesAfterMs);
    } else if (isStirred || nowMs - known.readAtMs >= membersMs) {
      known = { ...known, members: known.members.flatMap(readAgain), readAtMs: nowMs };
    } else {
      const [root, ...others] = known.members;
      known = { ...known, members: [...(root === undefined ? [] : readAgain(root)), ...others] };
    }
    return known.members;
  }

  function forget() {
    previous = null;
    known = null;
    memory = { bytes: 0, nextMs: 0 };
  }

  return (identity, isStirred = true) => {
    const nowMs = performance.now();
    const members = identity === null ? [] : listMembers(identity, nowMs, isStirred);
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
    if (cpu > restingCpu) busyUntilMs = nowMs + restsAfterMs;
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
