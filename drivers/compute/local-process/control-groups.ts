import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { GuestFacts } from '#contract/status.ts';
import type { GuestSize } from '../compute.ts';

/** The host's means to hold a process tree to memory and CPU: version 2, else 1, else none. */
export type ControlGroups = {
  enforcement: GuestFacts['enforcement'];
  /** Makes or changes the limits; the account may move its engine into the folders returned. */
  set(name: string, size: GuestSize, uid: number): GuestIdentity['controlGroups'];
  /** Version 2 lets an account move only what is already below a group of its own. */
  admitAgent(name: string, pid: number): void;
  remove(name: string): void;
};

const root = '/sys/fs/cgroup';
const none: ControlGroups = {
  enforcement: { memory: 'advisory', cpu: 'advisory' },
  set: () => ({ memory: null, cpu: null }),
  admitAgent: () => {},
  remove: () => {},
};

export function probeControlGroups(): ControlGroups {
  if (process.getuid?.() !== 0) return none;
  return probeVersion2() ?? probeVersion1() ?? none;
}

function probeVersion2(): ControlGroups | null {
  const base = path.join(root, 'guestboard');
  try {
    const controllers = readFileSync(path.join(root, 'cgroup.controllers'), 'utf8').split(/\s/);
    if (!controllers.includes('memory') || !controllers.includes('cpu')) return null;
    mkdirSync(base, { recursive: true });
    writeFileSync(path.join(root, 'cgroup.subtree_control'), '+memory +cpu');
    writeFileSync(path.join(base, 'cgroup.subtree_control'), '+memory +cpu');
  } catch {
    return null;
  }
  return {
    enforcement: { memory: 'enforced', cpu: 'enforced' },
    set(name, size, uid) {
      const group = path.join(base, name);
      mkdirSync(path.join(group, 'agent'), { recursive: true });
      writeFileSync(path.join(group, 'cgroup.subtree_control'), '+memory +cpu');
      const engine = path.join(group, 'engine');
      mkdirSync(engine, { recursive: true });
      writeFileSync(path.join(engine, 'memory.max'), String(size.memoryBytes));
      writeFileSync(path.join(engine, 'cpu.max'), `${Math.round(size.cpus * 100_000)} 100000`);
      for (const folder of [group, engine]) chownSync(path.join(folder, 'cgroup.procs'), uid, 0);
      return { memory: engine, cpu: engine };
    },
    admitAgent: (name, pid) => writeFileSync(path.join(base, name, 'agent', 'cgroup.procs'), String(pid)),
    remove: (name) => removeGroups([path.join(base, name, 'engine'), path.join(base, name, 'agent'), path.join(base, name)]),
  };
}

function probeVersion1(): ControlGroups | null {
  const memory = tryMake(path.join(root, 'memory', 'guestboard'), 'memory.limit_in_bytes');
  const cpu = tryMake(path.join(root, 'cpu', 'guestboard'), 'cpu.cfs_quota_us');
  if (memory === null && cpu === null) return null;
  return {
    enforcement: { memory: memory === null ? 'advisory' : 'enforced', cpu: cpu === null ? 'advisory' : 'enforced' },
    set(name, size, uid) {
      return {
        memory: memory && limit(path.join(memory, name), uid, { 'memory.limit_in_bytes': size.memoryBytes }),
        cpu: cpu && limit(path.join(cpu, name), uid, { 'cpu.cfs_period_us': 100_000, 'cpu.cfs_quota_us': Math.round(size.cpus * 100_000) }),
      };
    },
    admitAgent: () => {},
    remove: (name) => removeGroups([memory, cpu].filter((base) => base !== null).map((base) => path.join(base, name))),
  };
}

function limit(group: string, uid: number, values: Record<string, number>): string {
  mkdirSync(group, { recursive: true });
  for (const [file, value] of Object.entries(values)) writeFileSync(path.join(group, file), String(value));
  chownSync(path.join(group, 'cgroup.procs'), uid, 0);
  return group;
}

function tryMake(group: string, needed: string): string | null {
  try {
    mkdirSync(group, { recursive: true });
    return existsSync(path.join(group, needed)) ? group : null;
  } catch {
    return null;
  }
}

function removeGroups(groups: string[]): void {
  for (const group of groups) {
    try {
      rmdirSync(group);
    } catch {
      // Gone, or a process that has ended still counts for a moment: an empty group costs nothing, and is used again by the same guest only.
    }
  }
}
