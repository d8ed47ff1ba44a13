import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer, refuseWithout, type Server } from '../../engine-server.ts';
import { readFileIfThere } from '../../write-file.ts';
import { readAccess } from './access.ts';
import { connect, errorWord } from './connections.ts';
import { readLastWords } from './logs.ts';
import type { Place } from './place.ts';
import { clearLeftovers, findServer } from './processes.ts';
import { endScriptWhileStopping, isBusy } from './running-script.ts';
import { getSettings } from './settings.ts';

export function createServer(place: Place): Server {
  const server = createEngineServer({
    title: 'Redis',
    find: () => findServer(place),
    launch: () => launch(place),
    answers: (_main, signal) => answers(place, signal),
    // While the first file of a fresh copy is being written it does not go: it must be asked again.
    stopSignals: Array.from({ length: 12 }, () => ['SIGTERM', 5000] as const),
    release: () => clearLeftovers(place),
    startupLog: place.startupLog,
    lastWords: (sinceMs, fromByte) => readLastWords(place, sinceMs, fromByte),
  });
  return {
    ...server,
    stop: async () => {
      const gone = new AbortController();
      const freed = server.adopt() === null ? null : endScriptWhileStopping(place, gone.signal);
      await server.stop().finally(() => gone.abort());
      await freed;
    },
  };
}

/** The server removes its pid file when it has shut down in order, and only then. */
export function endedCleanly(place: Place): boolean {
  return !existsSync(place.pidFile);
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (!existsSync(place.data)) throw refuseWithout(place.data);
  await assertDataThere(place);
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

/** It would start without its data as if it had never had any; and its replicas, the only copies left, would follow it. */
async function assertDataThere(place: Place): Promise<void> {
  if ((await getSettings(place)).startedWith === null) return;
  const missing = await findMissing(place);
  if (missing === null) return;
  const { replicas } = await readAccess(place);
  const living = replicas.length === 1 ? 'its replica' : `its ${replicas.length} replicas`;
  throw new GuestboardError(
    'engine-unavailable',
    replicas.length === 0
      ? 'The files with the data are missing. The database is not started empty. Restore a backup to a new instance.'
      : `The files with the data are missing. The database is not started empty: ${living} would be emptied, too. Detach a replica and use that.`,
    { detail: missing },
  );
}

/** The file that is not there, or that lost the snapshot it began with; null when all are. */
async function findMissing(place: Place): Promise<string | null> {
  const manifest = await readFileIfThere(place.manifestFile);
  if (manifest === null || manifest.trim() === '') return place.manifestFile;
  for (const line of manifest.split('\n')) {
    const [, name, type] = /^file (\S+) seq \d+ type ([bi])/.exec(line) ?? [];
    if (name === undefined) continue;
    const file = path.join(path.dirname(place.manifestFile), name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || (type === 'b' && stat.size === 0)) return file;
  }
  return null;
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
    if (isBusy(error)) return true;
    // It answers, but does not know us; waiting would not help.
    if (['WRONGPASS', 'NOAUTH', 'NOPERM'].includes(errorWord(error) ?? '')) throw error;
    signal.throwIfAborted();
    return false;
  }
}
