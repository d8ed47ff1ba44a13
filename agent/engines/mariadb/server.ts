import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer, refuseWithout, type Server } from '../../engine-server.ts';
import { connect, errorNumber } from './connections.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { findServer, serverArguments, waitUntilReleased } from './processes.ts';

export function createServer(place: Place): Server {
  return createEngineServer({
    title: place.dialect.title,
    find: () => findServer(place),
    launch: () => launch(place),
    answers: (_main, signal) => answers(place, signal),
    stopSignals: [['SIGTERM', 60_000]],
    release: () => waitUntilReleased(place),
    startupLog: place.startupLog,
    lastWords: (sinceMs, fromByte) => readLastWords(place, sinceMs, fromByte),
  });
}

/** The server removes its pid file when it has shut down in order, and only then. One that dies before it writes its own leaves ours. */
export function endedCleanly(place: Place): boolean {
  return !existsSync(place.pidFile);
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (!existsSync(place.systemSpace)) throw refuseWithout(place.systemSpace);
  await waitUntilReleased(place);
  for (const file of place.dialect.staleFiles(place.socketFile)) rmSync(file, { force: true });
  writeFileSync(place.pidFile, 'starting\n', { mode: 0o600 });
  return spawnDetached({
    command: place.serverProgram,
    args: serverArguments(place),
    outputFile: place.startupLog,
    cwd: place.data,
    // What it writes by itself, such as how it reaches its source, is nobody else's to read.
    env: { TZ: 'UTC', UMASK: '0600', UMASK_DIR: '0700' },
  });
}

async function answers(place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    (await connect(place, { connectTimeoutMs: 2000, signal })).close();
    return true;
  } catch (error) {
    // It answers, but does not know us; waiting would not help.
    if ([1045, 1698].includes(errorNumber(error) ?? 0)) throw error;
    return false;
  }
}
