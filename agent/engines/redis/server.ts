import { existsSync, writeFileSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer, type Server } from '../../engine-server.ts';
import { connect, errorWord } from './connections.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { clearLeftovers, findServer } from './processes.ts';
import { getSettings } from './settings.ts';

export function createServer(place: Place): Server {
  return createEngineServer({
    title: 'Redis',
    find: () => findServer(place),
    launch: () => launch(place),
    answers: (_main, signal) => answers(place, signal),
    stopSignals: [['SIGTERM', 60_000]],
    release: () => clearLeftovers(place),
    lastWords: (sinceMs) => readLastWords(place, sinceMs),
  });
}

/** The server removes its pid file when it has shut down in order, and only then. */
export function endedCleanly(place: Place): boolean {
  return !existsSync(place.pidFile);
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (!existsSync(place.data)) throw new GuestboardError('engine-unavailable', 'The data folder is not complete. Initialise it first.');
  // It would start without its data as if it had never had any.
  if ((await getSettings(place)).startedWith !== null && !existsSync(place.manifestFile))
    throw new GuestboardError('engine-unavailable', 'The files with the data are missing. The database is not started empty.', {
      detail: place.manifestFile,
    });
  await clearLeftovers(place);
  const main = await spawnDetached({
    command: place.server.file,
    argv0: place.server.name,
    args: [place.configFile],
    outputFile: place.startupLog,
    cwd: place.data,
    env: { TZ: 'UTC' },
  });
  // The server writes it, too, a moment later: an agent that dies in between still leaves word.
  writeFileSync(place.pidFile, `${main.pid}\n`, { mode: 0o600 });
  return main;
}

async function answers(place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    const client = await connect(place, { connectTimeoutMs: 2000, signal });
    try {
      await client.ask('PING');
    } finally {
      client.cut();
    }
    return true;
  } catch (error) {
    // It answers, but does not know us; waiting would not help.
    if (['WRONGPASS', 'NOAUTH', 'NOPERM'].includes(errorWord(error) ?? '')) throw error;
    signal.throwIfAborted();
    return false;
  }
}
