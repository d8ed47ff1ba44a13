import { existsSync, statSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import { type FollowedLog, followLog, lostSentence } from '../../archive/file-log/follow-log.ts';
import { toKeptLimit } from '../../archive/file-log/kept.ts';
import { fromSortable, type LogPosition, readGroup, toGroup, toSortable } from '../../archive/file-log/log-position.ts';
import { type From, goneSentence } from '../../archive/file-log/log-reader.ts';
import { type ArchiveSource, LogLost, refuseReplica } from '../../archive/source.ts';
import { need, needNothing } from './archived-log.ts';
import { type Client, connect, toEngineError } from './connections.ts';
import { readBegin, readFileNumber, toLogFile } from './log-files.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';

const lookEveryMs = 200;
const askAgainMs = 30_000;
const freshBytes = 1024 ** 2;

/**
 * The binary log, read from its own files as the server writes them: no copy of it lies anywhere, and the server does no work for it.
 * What is not stored stays on the volume up to a limit, which `pruneBinaryLogs` keeps as well where nobody archives.
 */
export function createArchiveSource(place: Place, now: () => number): ArchiveSource {
  return {
    open: async (from, sink) => {
      const { source, size } = await getSettings(place);
      if (source !== null) throw refuseReplica();
      const client = await connect(place, { statementTimeoutMs: 60_000 });
      try {
        await client.query('SET SESSION wait_timeout = 2147483');
        if (from !== null) await assertKept(place, client, from);
        const start = from ?? (await beginFile(place, client));
        await need(place, fromSortable(start.position).file);
        const options = { now, limitBytes: toKeptLimit(size.volumeBytes), everyMs: lookEveryMs };
        const stream = followLog(createLog(place, client, now), start, sink, options);
        client.onEnd(() => stream.fail(new GuestboardError('engine-unavailable', 'MariaDB ended the connection.')));
        return stream;
      } catch (error) {
        client.cut();
        throw error instanceof LogLost ? error : toEngineError(error, place.dialect);
      }
    },
    release: () => needNothing(place),
  };
}

function createLog(place: Place, client: Client, now: () => number): FollowedLog {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const toFile = (file: number) => toLogFile(place.data, file);
  return {
    toFile,
    nameGroup: (file) => nameGroup(place, file),
    // The server is asked only where its file has changed.
    findEnd: async (known) => {
      const size = statSync(toFile(known.file), { throwIfNoEntry: false })?.size;
      const beganMs = now();
      if (beganMs - askedAtMs < askAgainMs && size === known.offset && !existsSync(toFile(known.file + 1))) return known;
      askedAtMs = beganMs;
      return askLogEnd(client);
    },
    need: (file) => need(place, file),
    needNothing: () => needNothing(place),
    toError: (error) => toEngineError(error, place.dialect),
    close: () => client.close(),
  };
}

/** Where the server's log ends, which is on the disk up to there. */
async function askLogEnd(client: Client): Promise<LogPosition> {
  const [row] = await client.query<{ File: string; Position: number | string }>('SHOW MASTER STATUS');
  if (row === undefined)
    throw new GuestboardError('refused', 'This instance was last started without a binary log. Restart it once, then it is archived.');
  return { file: readFileNumber(row.File), offset: Number(row.Position) };
}

/** An archive holds whole files: it begins with a fresh one, or with one that is as good as that. */
async function beginFile(place: Place, client: Client): Promise<From> {
  if ((await askLogEnd(client)).offset > freshBytes) await client.query('FLUSH LOCAL BINARY LOGS');
  const { file } = await askLogEnd(client);
  return { group: await nameGroup(place, file), position: toSortable({ file, offset: 0 }) };
}

/** When it was begun tells a file from another of its number: after a restore in place the log begins anew. */
async function nameGroup(place: Place, file: number): Promise<string> {
  const begunAt = await readBegin(toLogFile(place.data, file));
  if (begunAt === null) throw new LogLost(goneSentence);
  return toGroup('binlog', file, begunAt);
}

async function assertKept(place: Place, client: Client, from: From): Promise<void> {
  const { file, offset } = fromSortable(from.position);
  const end = await askLogEnd(client);
  const path = toLogFile(place.data, file);
  const isAnother = () => new LogLost('The database began another log, as after a restore in place.');
  if (file > end.file) throw isAnother();
  if (!existsSync(path)) throw new LogLost(lostSentence);
  if ((await readBegin(path)) !== readGroup(from.group).mark || statSync(path).size < offset) throw isAnother();
}
