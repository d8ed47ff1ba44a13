import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';

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
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return cwd === folder || cwd.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}
