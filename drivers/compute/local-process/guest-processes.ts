import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity, readProcess, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';

export function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Everything that runs for a guest: by its own account where it has one, else by where it works. */
export function listGuestProcesses(folder: string, uid: number | null): ProcessIdentity[] {
  return listPids()
    .filter((pid) => (uid === null ? worksIn(pid, folder) : ownerOf(pid) === uid))
    .map(identifyProcess)
    .filter((identity) => identity !== null);
}

/** Of these guests those for which nothing runs: one pass over the host's processes, however many guests there are. */
export function listIdleGuests<G extends { folder: string; uid: number | null }>(guests: readonly G[], guestsFolder: string): G[] {
  const owners = new Set<number>();
  const folders = new Set<string>();
  for (const pid of listPids()) {
    if (readProcess(pid) === null) continue;
    const owner = ownerOf(pid);
    if (owner !== null) owners.add(owner);
    const place = readWorkingFolder(pid);
    if (place?.startsWith(`${guestsFolder}/`)) folders.add(`${guestsFolder}/${place.slice(guestsFolder.length + 1).split('/')[0]}`);
  }
  return guests.filter(({ folder, uid }) => !folders.has(folder) && (uid === null || !owners.has(uid)));
}

/** Ends all of them: those that start others first, so that nothing is started again. Throws when some survive. */
export async function endGuestProcesses(folder: string, uid: number | null, agent: ProcessIdentity | null): Promise<boolean> {
  if (agent !== null) {
    signalProcess(agent, 'SIGKILL');
    await waitForEnd(agent, 3000);
  }
  for (let round = 0; round < 50; round += 1) {
    const living = listGuestProcesses(folder, uid);
    if (living.length === 0) return true;
    // SIGQUIT lets PostgreSQL take its children along; what ignores it, or is stopped, is killed.
    for (const identity of living) signalProcess(identity, round < 3 ? 'SIGQUIT' : 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}

function worksIn(pid: number, folder: string): boolean {
  const place = readWorkingFolder(pid);
  return place === folder || (place?.startsWith(`${folder}/`) ?? false);
}

function readWorkingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
