import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './pid-identity.ts';
import { listTree } from './process-tree.ts';

/** `cpu` in cores since the previous measurement, 0 at the first; memory as this tree's fair share (PSS), shared pages counted once. */
export type TreeMeasure = { cpu: number; memoryBytes: number; processes: number };

const ticksPerSecond = 100;

/**
 * Measures one process tree again and again. CPU is read each time; memory at most every `memoryIntervalMs`,
 * since adding up the pages of a big shared memory costs the kernel milliseconds.
 */
export function createTreeMeter(memoryIntervalMs = 5000): (identity: ProcessIdentity | null) => TreeMeasure {
  let previous: { key: string; ticks: number; atMs: number } | null = null;
  let memory: { key: string; bytes: number; atMs: number; processes: number } | null = null;
  return (identity) => {
    const tree = identity === null ? [] : listTree(identity);
    const root = tree[0];
    if (identity === null || root === undefined) {
      previous = null;
      memory = null;
      return { cpu: 0, memoryBytes: 0, processes: 0 };
    }
    const key = `${identity.pid}/${identity.startTicks}`;
    const nowMs = performance.now();
    // A child's time moves into its parent's account when it has been reaped, so the sum never loses any.
    const ticks = tree.reduce((sum, stat) => sum + stat.cpuTicks, root.reapedChildrenTicks);
    const elapsed = previous?.key === key ? (nowMs - previous.atMs) / 1000 : 0;
    const cpu = previous?.key === key && elapsed > 0 ? Math.max(0, (ticks - previous.ticks) / ticksPerSecond / elapsed) : 0;
    previous = { key, ticks, atMs: nowMs };
    if (memory?.key !== key || nowMs - memory.atMs >= memoryIntervalMs) {
      memory = { key, bytes: tree.reduce((sum, { pid }) => sum + readMemory(pid), 0), atMs: nowMs, processes: tree.length };
    }
    return { cpu, memoryBytes: memory.bytes, processes: tree.length };
  };
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
