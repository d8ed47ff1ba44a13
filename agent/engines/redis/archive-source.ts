import { existsSync, statSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import { type FollowedLog, followLog, lostSentence } from '../../archive/file-log/follow-log.ts';
import { toKeptLimit } from '../../archive/file-log/kept.ts';
import { fromSortable, readGroup, toGroup, toSortable } from '../../archive/file-log/log-position.ts';
import { type From, goneSentence } from '../../archive/file-log/log-reader.ts';
import { type ArchiveSource, LogLost, refuseReplica } from '../../archive/source.ts';
import { followAccess } from './access.ts';
import { type Client, connect, toEngineError } from './connections.ts';
import { beginIncrement, findEnd, findLatest, forgetKept, keepIncrements, readFolderMark, toKept, untilWritten } from './increments.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';

/** A rewrite begins a file and removes the one before; two of them in this time would be one too many. */
const lookEveryMs = 200;

/**
 * The increments of the append-only file, read as the server writes them and held on to by a second name when it rewrites them. With
 * them go the accounts, which Redis does not write down among its data.
 */
export function createArchiveSource(place: Place, now: () => number): ArchiveSource {
  return {
    open: async (from, sink) => {
      await assertSource(place);
      const { size } = await getSettings(place);
      const client = await connect(place);
      try {
        await client.ask('CONFIG', 'SET', 'aof-timestamp-enabled', 'yes');
        const start = from === null ? await begin(place, client) : await goOn(place, from);
        const options = { now, limitBytes: toKeptLimit(size.volumeBytes), everyMs: lookEveryMs };
        const stream = followLog(createLog(place, client, await followAccess(place)), start, sink, options);
        client.onEnd(() => stream.fail(new GuestboardError('engine-unavailable', 'Redis ended the connection.')));
        return stream;
      } catch (error) {
        client.cut();
        throw error instanceof LogLost ? error : toEngineError(error);
      }
    },
    release: () => forgetKept(place),
  };
}

/** What a replica is sent anew stands in its file without what came before. */
async function assertSource(place: Place): Promise<void> {
  if ((await getSettings(place)).source === null) return;
  await forgetKept(place);
  throw refuseReplica();
}

async function begin(place: Place, client: Client): Promise<From> {
  await forgetKept(place);
  const file = await keepIncrements(place, await beginIncrement(place, client));
  return { group: nameGroup(place, file), position: toSortable({ file, offset: 0 }) };
}

async function goOn(place: Place, from: From): Promise<From> {
  const { file, offset } = fromSortable(from.position);
  if (readGroup(from.group).mark !== readFolderMark(place) || file > findLatest(place))
    throw new LogLost('The database began another log, as after a restore in place.');
  if (!existsSync(toKept(place, file))) throw new LogLost(lostSentence);
  if (statSync(toKept(place, file)).size < offset) throw new LogLost('The database lost the end of its log, as after a power cut.');
  await keepIncrements(place, file);
  return from;
}

function nameGroup(place: Place, file: number): string {
  return toGroup('increment', file, readFolderMark(place));
}

function createLog(place: Place, client: Client, listSaved: Awaited<ReturnType<typeof followAccess>>): FollowedLog {
  let isQuiet = false;
  const toFile = (file: number) => toKept(place, file);
  return {
    toFile,
    nameGroup: async (file) => {
      if (!existsSync(toFile(file))) throw new LogLost(goneSentence);
      return nameGroup(place, file);
    },
    findEnd: async (known) => {
      if (isQuiet && statSync(toFile(known.file)).size === known.offset && findLatest(place) === known.file) return known;
      await assertFollowable(place);
      isQuiet = await untilWritten(client);
      return findEnd(place, await keepIncrements(place, known.file));
    },
    need: (file) => forgetKept(place, file),
    needNothing: () => forgetKept(place),
    readNotes: listSaved,
    toError: toEngineError,
    close: () => client.cut(),
  };
}

async function assertFollowable(place: Place): Promise<void> {
  if ((await getSettings(place)).source === null) return;
  await forgetKept(place);
  throw new LogLost('The database copies another instance since then.');
}
