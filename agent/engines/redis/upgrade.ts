import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { readCommandLine } from '#drivers/process/pid-identity.ts';
import { streamProgram } from '#drivers/process/stream-program.ts';
import { prepareReplacement, type Replaced } from '../../backup/replace.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { readTail } from '../../logs/text-files.ts';
import { assertRoomForSecond, copyStopped, fillSecond } from '../../second-copy.ts';
import { clearProcesses } from '../../server-processes.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { type Client, connect, toEngineError } from './connections.ts';
import { parseInfo } from './info.ts';
import { createPlace, type Place } from './place.ts';

/** By the number of a database: keys that never expire. Those that do may go while it is counted. */
type Kept = Record<string, number>;

/**
 * The new version takes the files as they are: they are copied, and proved by being read by both, each without a door, which must find the
 * same. What it cannot read, it says.
 */
export function createUpgrade(place: Place, server: Server, host: EngineHost, replaced: Replaced): Answers<'upgrade'> {
  return {
    examine: async () => ({ missingPrograms: [], missingExtensions: [], closedDatabases: [] }),
    build: async ({ purpose, version, binFolder }, context) => {
      const { signal } = context;
      await prepareReplacement(replaced, purpose, context, async (folder) => {
        await assertRoomForSecond(place.data);
        await host.expectDown(async () => {
          await server.stop();
          await fillSecond(() => copyStopped(place.data, folder, signal));
          const before = await readBy(place, folder, signal);
          const after = await readBy(createPlace({ ...host.identity, version, binFolder }), folder, signal);
          if (!isDeepStrictEqual(before, after))
            throw new GuestboardError('engine-error', `Redis ${version} does not find the same keys.`, {
              detail: `Before: ${JSON.stringify(before)}. After: ${JSON.stringify(after)}.`,
            });
        });
        await syncFileSystem(folder, signal);
      });
      return {};
    },
  };
}

/** A killed agent's server may still read there. */
export function endReaders(folder: string): Promise<void> {
  return clearProcesses({ folder, isOurs: (pid) => readCommandLine(pid).includes(folder), patienceMs: 0, killedMs: 5000 });
}

/** What a version of the server finds in the folder, which it leaves in order. */
async function readBy(place: Place, folder: string, signal: AbortSignal): Promise<Kept> {
  const inside = { ...place, socketFile: place.upgradeSocketFile };
  await rm(inside.socketFile, { force: true });
  const program = streamProgram(place.server.file, toArguments(inside, folder), { signal, cwd: folder, argv0: place.server.name });
  program.stdin.end();
  program.stdout.resume();
  let ended = false;
  const end = program.ended
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  try {
    for (;;) {
      signal.throwIfAborted();
      if (ended)
        throw new GuestboardError('engine-error', 'The server of this version cannot read the data.', {
          detail: readTail(place.upgradeLog, 2000),
        });
      const kept = await count(inside, signal).catch(unlessGone);
      if (kept !== null) {
        await stop(inside).catch(unlessGone);
        // It ends well only once what it had open is whole on the disk.
        await program.ended;
        return kept;
      }
      await sleep(50);
    }
  } finally {
    program.kill();
    await end;
    await rm(place.upgradeLog, { force: true });
  }
}

/** Null where the server is not there, or no more. */
function unlessGone(error: unknown): null {
  if (toEngineError(error).code !== 'engine-unavailable') throw error;
  return null;
}

/** Null while it still reads them: it answers meanwhile, with as many as it has. */
async function count(place: Place, signal: AbortSignal): Promise<Kept | null> {
  return withOne(place, signal, async (client) => {
    const info = String(await client.ask('INFO'));
    if (parseInfo(info).get('loading') !== '0') return null;
    const lines = info.matchAll(/^db(\d+):keys=(\d+),expires=(\d+)/gm);
    return Object.fromEntries([...lines].map(([, database = '', keys, expires]) => [database, Number(keys) - Number(expires)]));
  });
}

async function stop(place: Place): Promise<void> {
  // It answers nothing: it goes.
  await withOne(place, AbortSignal.timeout(5000), (client) =>
    Promise.race([client.ask('SHUTDOWN'), new Promise<void>((resolve) => client.onEnd(resolve))]),
  );
}

async function withOne<T>(place: Place, signal: AbortSignal | undefined, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(place, { connectTimeoutMs: 2000, signal });
  try {
    return await work(client);
  } finally {
    client.cut();
  }
}

/** As the guest's own, but reached by nobody else; its log is thrown away. */
function toArguments({ socketFile, aclFile, upgradeLog }: Place, folder: string): string[] {
  const options = {
    port: '0',
    unixsocket: socketFile,
    unixsocketperm: '600',
    dir: folder,
    aclfile: aclFile,
    logfile: upgradeLog,
    appendonly: 'yes',
    save: '',
    'aof-timestamp-enabled': 'yes',
    'auto-aof-rewrite-percentage': '0',
    'set-proc-title': 'no',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}
