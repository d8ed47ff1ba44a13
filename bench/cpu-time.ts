import { readFileSync } from 'node:fs';
import type { Process } from '../e2e/processes.ts';
import { getOwnDatabase, getServer, type Product } from '../e2e/product.ts';
import { listProcesses } from '../launcher/process-identity.mjs';

const ticksPerSecond = 100;

/** CPU seconds used so far by the server and its PostgreSQL, with every process of either, living or reaped. */
export function readControlPlaneCpu(product: Product): { server: number; database: number } {
  const all: Process[] = listProcesses();
  return { server: sumTree(all, getServer(product).pid), database: sumTree(all, getOwnDatabase(product).pid) };
}

/** Of a process with all its children, living or reaped. */
export function readTreeCpuSeconds(pid: number): number {
  return sumTree(listProcesses(), pid);
}

/** Of one process, and of the children it has buried. */
export function readCpuSeconds(pid: number): number {
  return readTicks(pid) / ticksPerSecond;
}

/** A tree's own time, and that of the children it has buried: a backend that ended is counted in its postmaster. */
function sumTree(all: readonly Process[], root: number): number {
  const own = readTicks(root);
  return all.filter((candidate) => candidate.parent === root).reduce((sum, child) => sum + sumTree(all, child.pid), own / ticksPerSecond);
}

function readTicks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
  } catch {
    return 0;
  }
}
