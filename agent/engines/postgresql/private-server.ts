import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { identifyProcess, isSameProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { killTree } from '#drivers/process/process-tree.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { sizeOfFile } from '../../logs/text-files.ts';
import { readPidFile } from '../../server-processes.ts';
import { close, connect } from './connections.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { runsOn } from './processes.ts';

export type PrivateServer = { place: Place; stop(): Promise<void> };

/**
 * A server of this data folder that listens on nothing but a socket in the guest's own folder, under the number of `place.port`: none but
 * the agent reaches it.
 */
export async function startPrivate(place: Place, settings: Readonly<Record<string, string>>, signal: AbortSignal): Promise<PrivateServer> {
  const launched = [Date.now(), sizeOfFile(place.startupLog)] as const;
  const all = { ...settings, listen_addresses: '', port: String(place.port), unix_socket_directories: place.run };
  const main = await spawnDetached({
    command: place.postgres,
    args: ['-D', place.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    outputFile: place.startupLog,
    cwd: place.data,
  });
  const stop = () => endServer(main);
  try {
    while (!(await answers(place, signal))) {
      signal.throwIfAborted();
      if (!isSameProcess(main))
        throw new GuestboardError('engine-unavailable', `PostgreSQL ${place.majorVersion} ended while starting.`, {
          detail: readLastWords(place, ...launched),
        });
      await sleep(25, undefined, { signal });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { place, stop };
}

/** Ends what an agent that was killed left running on this data folder, whichever version it is of. */
export async function endPrivate(data: string): Promise<void> {
  const pid = readPidFile(path.join(data, 'postmaster.pid'));
  const found = pid !== null && runsOn(data, pid) ? identifyProcess(pid) : null;
  if (found !== null) await endServer(found);
}

async function endServer(main: ProcessIdentity): Promise<void> {
  signalProcess(main, 'SIGINT');
  if (await waitForEnd(main, 120_000)) return;
  if (!(await killTree(main, 'SIGKILL', 5000))) throw new GuestboardError('engine-unavailable', 'A database process cannot be ended.');
}

async function answers(place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    close(await connect(place, { connectTimeoutMs: 2000, signal }));
    return true;
  } catch {
    return false;
  }
}
