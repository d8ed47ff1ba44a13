import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { type ArchiveSource, type LogLook, LogLost, type LogSink, refuseReplica } from '../../archive/source.ts';
import { type Client, close, connect, sqlState, toEngineError, withClient } from './connections.ts';
import { archiveSlot, type Place } from './place.ts';
import { fromSortable, parsePosition, readTimeline, segmentBytes, toSegmentName, toSortable } from './wal-position.ts';
import { startWalStream, type WalStream } from './wal-stream.ts';

export type PostgresqlArchiveSource = ArchiveSource & {
  /** Before the server is asked to stop: it would wait until everything it wrote is confirmed. */
  hangUp(): void;
};

type State = { recovering: boolean; timeline: number; segmentBytes: string; slot: Slot | null };
type Slot = { status: string; position: string | null; activePid: number | null };

const pageBytes = 8192n;
/** What WAL pages and segments begin with: a place just behind one is the end of the page before. */
const headBytes = [24n, 40n];

/** WAL through a physical slot, which keeps what was not confirmed up to max_slot_wal_keep_size. */
export function createArchiveSource(place: Place): PostgresqlArchiveSource {
  let current: WalStream | null = null;

  return {
    open: async (from, sink) => {
      const client = await connect(place, { statementTimeoutMs: 10_000 });
      try {
        const state = await ask(client);
        if (state.recovering) throw refuseReplica();
        if (BigInt(state.segmentBytes) !== segmentBytes)
          throw new GuestboardError('not-implemented', 'The log of this server has files of an unusual size.');
        if (from !== null) assertKept(state, from);
        const start = from === null ? await reserve(client) : fromSortable(from.position);
        const stream = await startStream(place, client, start, state.timeline, sink);
        current = stream;
        return {
          from: from ?? { group: toSegmentName(start, state.timeline), position: toSortable(start) },
          resume: () => stream.resume(),
          confirm: (position) => stream.confirm(fromSortable(position)),
          look: createLook(client),
          close: () => {
            if (current === stream) current = null;
            stream.close();
            close(client);
          },
        };
      } catch (error) {
        close(client);
        throw error instanceof LogLost ? error : toEngineError(error);
      }
    },
    release: () =>
      withClient(place, {}, async (client) => {
        await drop(client);
      }),
    hangUp: () => {
      current?.close();
      current = null;
    },
  };
}

async function ask(client: Client): Promise<State> {
  const { rows } = await client.query<State>(
    `SELECT pg_is_in_recovery() AS recovering, (SELECT setting FROM pg_settings WHERE name = 'wal_segment_size') AS "segmentBytes",
       CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int END AS timeline,
       (SELECT json_build_object('status', wal_status, 'position', restart_lsn, 'activePid', active_pid)
        FROM pg_replication_slots WHERE slot_name = $1) AS slot`,
    [archiveSlot],
  );
  const [row] = rows;
  if (row === undefined) throw new GuestboardError('engine-error', 'PostgreSQL gave no answer.');
  return row;
}

function assertKept({ slot, timeline }: State, from: { group: string; position: string }): void {
  if (readTimeline(from.group) !== timeline) throw new LogLost('The database began another timeline, as after a promotion.');
  if (slot === null) throw new LogLost('The database no longer keeps its log for the archive.');
  if (slot.status === 'lost' || slot.position === null) throw new LogLost(lostSentence);
  if (parsePosition(slot.position) > fromSortable(from.position)) throw new LogLost('The database let go what was not archived yet.');
}

const mostRoundsOverLimit = 6;
const lostSentence = 'Its storage was away until the database kept as much of its log as it may.';

/**
 * A fresh slot, which keeps the log from the last checkpoint on; read from the beginning of that file. That is of now where the server makes
 * one in time: what was written before is in no span of the archive, and storing it would take from the backup that begins here.
 */
async function reserve(client: Client): Promise<bigint> {
  await drop(client);
  await client.query('CHECKPOINT').catch(() => {});
  const { rows } = await client.query<{ lsn: string }>('SELECT lsn::text FROM pg_create_physical_replication_slot($1, true)', [
    archiveSlot,
  ]);
  const position = parsePosition(rows[0]?.lsn ?? '0/0');
  return position - (position % segmentBytes);
}

async function drop(client: Client): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { slot } = await ask(client);
    if (slot === null) return;
    if (tries === 100) throw new GuestboardError('engine-error', 'The archive’s slot stays in use.');
    await client.query('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active', [archiveSlot]);
    await client
      .query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active', [archiveSlot])
      .catch(() => {});
    await sleep(50);
  }
}

/** A killed agent's stream may hold the slot for a moment. */
async function startStream(place: Place, admin: Client, from: bigint, timeline: number, sink: LogSink): Promise<WalStream> {
  for (let tries = 0; ; tries += 1) {
    const client = await connect(place, { replication: true, statementTimeoutMs: 0 });
    let stream: WalStream | null = null;
    let isFull = false;
    const onWal = (at: bigint, bytes: Buffer) => {
      for (const chunk of split(at, bytes, timeline)) isFull = !sink.push(chunk) || isFull;
      if (isFull) stream?.pause();
      isFull = false;
    };
    try {
      stream = await startWalStream(client, { slot: archiveSlot, from, timeline, onWal, onEnd: (error) => stream && sink.fail(error) });
      return stream;
    } catch (error) {
      close(client);
      if (sqlState(error) === '58P01') throw new LogLost('The database no longer has the log that comes next.');
      if (sqlState(error) !== '55006' || tries >= 50) throw error;
      if (tries >= 10)
        await admin.query('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active', [
          archiveSlot,
        ]);
      await sleep(100);
    }
  }
}

function split(at: bigint, bytes: Buffer, timeline: number) {
  const chunks = [];
  for (let done = 0; done < bytes.length; ) {
    const from = at + BigInt(done);
    const left = Number(segmentBytes - (from % segmentBytes));
    const part = bytes.subarray(done, done + left);
    const to = from + BigInt(part.length);
    chunks.push({ group: toSegmentName(from, timeline), from: toSortable(from), to: toSortable(to), bytes: part });
    done += part.length;
  }
  return chunks;
}

type Seen = { inserted: string; flushed: string; status: string | null; kept: string | null; safe: string | null };

/**
 * What is inserted now covers every commit stamped before. The end of it may lie unflushed for long when nobody commits (pages written
 * whole at a first change of a hint); a commit of our own then flushes it, seldom.
 */
function createLook(client: Client): () => Promise<LogLook> {
  let stuck = { position: '', rounds: 0 };
  let tooMuch = 0;
  return async () => {
    const { rows } = await client
      .query<Seen>(
        `SELECT pg_current_wal_insert_lsn()::text AS inserted, pg_current_wal_flush_lsn()::text AS flushed, s.wal_status AS status,
           pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::text AS kept, s.safe_wal_size::text AS safe
         FROM (SELECT) one LEFT JOIN pg_replication_slots s ON s.slot_name = $1`,
        [archiveSlot],
      )
      .catch((error: unknown) => {
        throw toEngineError(error);
      });
    const [seen] = rows;
    if (seen === undefined || seen.status === null) throw new LogLost('The database no longer keeps its log for the archive.');
    // The server cannot take a slot from a stream that waits for us: what is over the limit for some rounds, we let go.
    tooMuch = seen.status === 'unreserved' ? tooMuch + 1 : 0;
    if (seen.status === 'lost' || tooMuch >= mostRoundsOverLimit) throw new LogLost(lostSentence);
    const position = beforeHead(parsePosition(seen.inserted));
    const isUnflushed = position > parsePosition(seen.flushed);
    stuck =
      isUnflushed && stuck.position === seen.inserted ? { ...stuck, rounds: stuck.rounds + 1 } : { position: seen.inserted, rounds: 0 };
    if (stuck.rounds >= 4) {
      stuck = { position: '', rounds: 0 };
      await client.query("SELECT pg_logical_emit_message(true, 'guestboard', '')");
    }
    const keptBytes = Math.max(0, Number(seen.kept ?? 0));
    return {
      position: toSortable(position),
      keptBytes,
      // What is safe goes below nothing when more is kept: the limit stays where it is.
      keptLimitBytes: seen.safe === null ? 0 : Math.max(0, keptBytes + Number(seen.safe)),
    };
  };
}

function beforeHead(position: bigint): bigint {
  const inPage = position % pageBytes;
  return headBytes.includes(inPage) ? position - inPage : position;
}
