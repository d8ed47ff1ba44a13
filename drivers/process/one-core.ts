import { existsSync, readFileSync } from 'node:fs';

/** Of util-linux, which every Debian has. */
const chooseCores = '/usr/bin/taskset';

/** The same command, and what it starts, on one of the cores that we may use. Unchanged on a host that cannot choose. */
export function onOneCore(command: string, args: readonly string[]): { command: string; args: string[] } {
  const [, allowed = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  // Ends of ranges, such as 0 and 3 of 0-3: allowed all of them, and enough to choose from.
  const cores = allowed.match(/\d+/g) ?? [];
  const core = cores[process.pid % cores.length];
  if (core === undefined || !existsSync(chooseCores)) return { command, args: [...args] };
  return { command: chooseCores, args: ['--cpu-list', core, command, ...args] };
}
