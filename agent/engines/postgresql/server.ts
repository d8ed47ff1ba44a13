import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer, refuseWithout, type Server } from '../../engine-server.ts';
import { syncFolder } from '../../write-file.ts';
import { close, connect, sqlState } from './connections.ts';
import { readControlFile } from './control-file.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { clearLeftovers, findPostmaster, saysReady } from './processes.ts';

export function createServer(place: Place): Server {
  return createEngineServer({
    title: 'PostgreSQL',
    find: () => findPostmaster(place),
    launch: () => launch(place),
    answers: async (main, signal) => saysReady(place, main) && (await answers(place, signal)),
    // Fast shutdown; when that takes too long immediate.
    stopSignals: [
      ['SIGINT', 60_000],
      ['SIGQUIT', 10_000],
    ],
    release: async () => {
      if (readControlFile(place) !== null) await clearLeftovers(place);
    },
    startupLog: place.startupLog,
    lastWords: (sinceMs, fromByte) => readLastWords(place, sinceMs, fromByte),
  });
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (readControlFile(place) === null) throw refuseWithout(place.controlFile);
  await clearLeftovers(place);
  await beginRecoveryAgain(place);
  await mkdir(place.logs, { recursive: true, mode: 0o700 });
  return spawnDetached({
    command: place.postgres,
    args: ['-D', place.data, '-c', `config_file=${place.configFile}`],
    outputFile: place.startupLog,
    cwd: place.data,
  });
}

/**
 * A server that was killed while it recovered from a backup takes itself for one that crashed, and says that its log ends too early: only the
 * label, which it has put aside, tells it how far to go. With it, it begins anew.
 */
async function beginRecoveryAgain(place: Place): Promise<void> {
  const { data, backupLabel, standbySignal, recoverySignal } = place;
  const aside = `${backupLabel}.old`;
  if (existsSync(backupLabel) || !existsSync(aside) || existsSync(standbySignal) || existsSync(recoverySignal)) return;
  if (!readControlFile(place)?.isRecoveringBackup) return;
  await rename(aside, backupLabel);
  await syncFolder(data);
}

async function answers(place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    close(await connect(place, { connectTimeoutMs: 2000, signal }));
    return true;
  } catch (error) {
    // 28: it answers, but does not know us; waiting would not help.
    if (sqlState(error)?.startsWith('28')) throw error;
    return false;
  }
}
