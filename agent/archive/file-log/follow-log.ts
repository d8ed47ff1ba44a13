import { type LogLook, LogLost, type LogSink, type LogStream } from '../source.ts';
import { isFarTooMuch, measureLog } from './kept.ts';
import { fromSortable, type LogPosition } from './log-position.ts';
import { createLogReader, type From, type LogFiles } from './log-reader.ts';
import { watchEnd } from './watch-end.ts';

export type FollowedLog = LogFiles & {
  /** Where the log ends, given where it was last seen to: everything committed before the question lies before that. Throws LogLost. */
  findEnd(known: LogPosition): Promise<LogPosition>;
  /** From this file on the log is needed still. */
  need(file: number): Promise<void>;
  needNothing(): Promise<void>;
  /** What else the engine has put down beside its log since it was asked last, and since when each holds. */
  readNotes?(): readonly { text: string; sinceMs: number }[];
  toError(error: unknown): Error;
  /** Ends what it holds of the engine. */
  close(): void;
};
type Options = { now(): number; limitBytes: number; everyMs: number };

const mostRoundsOverLimit = 6;
export const lostSentence = 'Its storage was away until the database kept as much of its log as it may.';

/** A log whose files the agent can read, followed from a place on; gives up what is kept too long. */
export function followLog(
  log: FollowedLog,
  from: From,
  sink: LogSink,
  { now, limitBytes, everyMs }: Options,
): LogStream & { fail(error: unknown): void } {
  const watch = watchEnd(log.findEnd, now, fromSortable(from.position));
  const reader = createLogReader(log, from, watch, sink);
  let confirmed = fromSortable(from.position);
  let overLimit = 0;
  let isClosed = false;
  let timer = setTimeout(round, 0);

  function fail(error: unknown): void {
    if (!isClosed) sink.fail(error instanceof LogLost ? error : log.toError(error));
  }

  function readNotes(): void {
    if (!isClosed) for (const { text, sinceMs } of log.readNotes?.() ?? []) reader.note(text, sinceMs);
  }

  async function round(): Promise<void> {
    try {
      await watch.look();
      await reader.readOn();
      readNotes();
    } catch (error) {
      return fail(error);
    }
    if (!isClosed) timer = setTimeout(round, everyMs);
  }

  async function look(): Promise<LogLook> {
    readNotes();
    const end = await watch.look();
    const keptBytes = measureLog(log.toFile, confirmed, end);
    overLimit = keptBytes > limitBytes ? overLimit + 1 : 0;
    if (overLimit >= mostRoundsOverLimit || isFarTooMuch(keptBytes, limitBytes)) {
      await log.needNothing();
      throw new LogLost(lostSentence);
    }
    return { position: reader.toReach(end), keptBytes, keptLimitBytes: limitBytes };
  }

  return {
    from,
    fail,
    resume: reader.resume,
    confirm: (position) => {
      const before = confirmed;
      confirmed = fromSortable(position);
      // As long as some of it gets through, more than the limit may be on its way.
      overLimit = 0;
      if (confirmed.file !== before.file) log.need(confirmed.file).catch(() => {});
    },
    look,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      reader.close();
      log.close();
    },
  };
}
