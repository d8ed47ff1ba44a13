import { GuestboardError } from '#contract/errors.ts';

/**
 * What an engine writes down before it counts as done: its log, in order and without holes. Positions and groups are the engine's own,
 * written so that they sort as text; a chunk lies in one group (a file of the log).
 */
export type LogChunk = { group: string; from: string; to: string; bytes: Buffer };

export type LogSink = {
  /** False: no more until `resume`. */
  push(chunk: LogChunk): boolean;
  /** Nothing comes any more. */
  fail(error: Error): void;
};

export type LogLook = {
  /** Everything committed before the question lies before this. */
  position: string;
  /** What the engine keeps because it was not confirmed, and the most it will. */
  keptBytes: number;
  keptLimitBytes: number;
};

export type LogStream = {
  /** Where it begins. */
  from: { group: string; position: string };
  resume(): void;
  /** Everything up to here is stored: the engine may let it go. */
  confirm(position: string): void;
  /** Throws LogLost when the engine has let go what was not confirmed. */
  look(): Promise<LogLook>;
  close(): void;
};

/** How one engine gives out its log. Nothing is lost between two streams: it keeps what was not confirmed, within limits. */
export type ArchiveSource = {
  /** From a position given out before; null begins anew at the present. Throws LogLost when that position is gone. */
  open(from: { group: string; position: string } | null, sink: LogSink): Promise<LogStream>;
  /** Keeps nothing for the archive any more. Nothing kept is fine. */
  release(): Promise<void>;
};

/** The log has a hole from here on: what follows is another archive. The message is a sentence for people. */
export class LogLost extends Error {}

/** What a replica writes down is its source's. After a promotion the archive that was begun before does not follow. */
export function refuseReplica(): GuestboardError {
  return new GuestboardError('refused', 'A replica is not archived. Make a full backup of its source: the archive begins there.');
}
