import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Account } from '#drivers/process/account.ts';
import { identifyProcess, isProcessIdentity, isSameProcess, type ProcessIdentity, readCommandLine } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { listPids } from './guest-processes.ts';
import { placeFile, placeFolder } from './placed-programs.ts';
import { findClosedFolder, type Places } from './places.ts';

export type AgentPlace = { name: string; folder: string; identityFile: string; account: Account | undefined };

/** The living agent of a guest: by the recorded life of its process, else by its command line, never by a pid alone. */
export function findAgent(places: Places, place: AgentPlace): ProcessIdentity | null {
  const recorded = readRecord(recordFile(places, place.name));
  if (recorded !== null && isSameProcess(recorded)) return recorded;
  for (const pid of listPids()) {
    if (!isAgentOf(pid, place)) continue;
    const identity = identifyProcess(pid);
    if (identity !== null) return identity;
  }
  return null;
}

type AgentPrograms = { agentFolder: string; trustFile?: string };

/**
 * Ten megabytes less resident memory of every agent; what costs it time, packing and sealing, is not JavaScript. So small a heap is
 * collected at once in 20 ms: marked beside a stream of buffers it would be without end (and switching that off only then has crashed Node).
 * Only what runs a thousand times hotter than Node asks for is optimised, as a log that is replayed: of the rest the compiler takes more than
 * it gives back.
 */
const small = ['--optimize-for-size', '--no-incremental-marking', '--interrupt-budget=66000000'];

export async function startAgent(places: Places, place: AgentPlace, { agentFolder, trustFile }: AgentPrograms): Promise<ProcessIdentity> {
  const isolated = place.account !== undefined;
  const trusted = trustFile !== undefined && isolated ? await placeFile(places, trustFile, 0o644) : trustFile;
  const closed = isolated && findClosedFolder(path.dirname(process.execPath)) !== null;
  const identity = await spawnDetached({
    command: closed ? await placeFile(places, process.execPath, 0o755) : process.execPath,
    args: [...small, path.join(await placeFolder(places, agentFolder), 'agent.mjs'), place.identityFile],
    outputFile: path.join(places.agents, `${place.name}.log`),
    cwd: place.folder,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: place.folder,
      NODE_ENV: 'production',
      // One arena for all of Node's threads: 4 MB less resident memory, and it no longer creeps up.
      MALLOC_ARENA_MAX: '1',
      GUESTBOARD_IDENTITY: place.identityFile,
      ...(trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted }),
    },
    ...(place.account === undefined ? {} : { account: place.account }),
    givesWay: true,
  });
  const file = recordFile(places, place.name);
  writeFileSync(`${file}.new`, JSON.stringify(identity), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return identity;
}

export function forgetAgent(places: Places, name: string): void {
  rmSync(recordFile(places, name), { force: true });
  for (const log of [`${name}.log`, `${name}.log.1`]) rmSync(path.join(places.agents, log), { force: true });
}

/** What it is started by carries the same arguments for the instant before it becomes the agent. */
function isAgentOf(pid: number, place: AgentPlace): boolean {
  const line = readCommandLine(pid);
  return line.at(-1) === place.identityFile && ['node', 'setpriv', 'chrt'].some((name) => path.basename(line[0] ?? '').startsWith(name));
}

function recordFile(places: Places, name: string): string {
  return path.join(places.agents, `${name}.json`);
}

function readRecord(file: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isProcessIdentity(value) ? value : null;
  } catch {
    return null;
  }
}
