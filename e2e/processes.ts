import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { GuestIdentity } from '#contract/guest/identity.ts';
import { identify, listProcesses, signal, waitUntilGone } from '../launcher/process-identity.mjs';

/** One life of one process, as the launcher identifies it. */
export type Process = { pid: number; startTicks: number; parent: number; args: string[]; executable: string | undefined };

/** What the compute driver wrote down for a guest: its folder, its port. Throws when no guest of that instance exists in the data folder. */
export function getGuest(data: string, instanceId: string): GuestIdentity {
  const found = listGuests(data).find((guest) => guest.instanceId === instanceId);
  if (!found) throw new Error(`No guest folder of instance ${instanceId} in ${data}.`);
  return found;
}

export function listGuests(data: string): GuestIdentity[] {
  return listGuestsFolders(data).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name, 'identity.json');
      return existsSync(file) ? [GuestIdentity.parse(JSON.parse(readFileSync(file, 'utf8')))] : [];
    }),
  );
}

/** Guests live below the data folder, or in a folder of the system where that is closed to their accounts or too long for a socket. */
export function listGuestsFolders(data: string): string[] {
  const key = createHash('sha256').update(path.resolve(data)).digest('hex').slice(0, 8);
  const elsewhere = [path.join(homedir(), '.guestboard'), '/var/lib/guestboard', `/var/tmp/guestboard-${process.getuid?.()}`];
  return [data, ...elsewhere.map((folder) => path.join(folder, key))].map((base) => path.join(base, 'guests')).filter(existsSync);
}

/** The process PostgreSQL's own pid file names, once it is proved to run on this very folder. Null when none does. */
export function findPostmaster(guest: GuestIdentity): Process | null {
  const file = path.join(guest.folder, 'data', 'postmaster.pid');
  if (!existsSync(file)) return null;
  const found: Process | undefined = identify(Number(readFileSync(file, 'utf8').split('\n')[0]));
  return found?.args.some((arg) => arg.startsWith(guest.folder)) ? found : null;
}

export function getPostmaster(guest: GuestIdentity): Process {
  const found = findPostmaster(guest);
  if (!found) throw new Error(`No postmaster runs in ${guest.folder}.`);
  return found;
}

/** The agent of a guest: the process that runs agent.mjs with this guest's folder in its arguments or environment. */
export function findAgent(guest: GuestIdentity): Process | null {
  return (
    listProcesses().find(
      (candidate: Process) => candidate.args.some((arg) => arg.endsWith('/agent.mjs')) && belongsTo(candidate, guest.folder),
    ) ?? null
  );
}

export function getAgent(guest: GuestIdentity): Process {
  const found = findAgent(guest);
  if (!found) throw new Error(`No agent runs for ${guest.folder}.`);
  return found;
}

/** Every process that has anything to do with a folder: what must be gone after a delete. */
export function listProcessesOf(folder: string): Process[] {
  return listProcesses().filter((candidate: Process) => candidate.pid !== process.pid && belongsTo(candidate, folder));
}

/** kill -9 of that very process, never of one that inherited its pid; resolves when it is gone. */
export async function killHard(target: Process): Promise<void> {
  if (!signal(target, 'SIGKILL')) throw new Error(`Process ${target.pid} was gone already.`);
  if (!(await waitUntilGone(target, 5_000))) throw new Error(`Process ${target.pid} survived kill -9.`);
}

export function readEnvironment(pid: number): Record<string, string> {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
    return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
  } catch {
    return {};
  }
}

function belongsTo(candidate: Process, folder: string): boolean {
  const inside = (place: string) => place === folder || place.startsWith(`${folder}/`);
  return (
    candidate.args.some((arg) => inside(arg.slice(arg.indexOf('=') + 1))) || Object.values(readEnvironment(candidate.pid)).some(inside)
  );
}
