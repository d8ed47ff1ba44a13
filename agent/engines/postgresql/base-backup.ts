import { Readable } from 'node:stream';
import type pg from 'pg';
import { GuestboardError } from '#contract/errors.ts';
import type { Codec } from '../../backup/codec.ts';
import { createMessageReader, readError, readFields } from './backend-messages.ts';
import { type Client, sqlState, toEngineError } from './connections.ts';
import { quoteText } from './sql.ts';

export type WalPlace = { position: string; timeline: number };
export type BaseBackup = {
  /** The data folder as one tar, packed by the server when asked; reads the server no faster than it is read. Fails when the copy fails. */
  archive: Readable;
  /** Settle before and after the archive. */
  started: Promise<WalPlace & { totalBytes: number }>;
  ended: Promise<WalPlace>;
};

/**
 * Copies a running server through the replication protocol: BASE_BACKUP of PostgreSQL 15 and newer, with the WAL to make it whole.
 * The client must be a replication connection; it is closed when the archive is destroyed. `onProgress` counts uncompressed bytes.
 */
export function startBaseBackup(client: Client, options: { label: string; codec: Codec; onProgress(doneBytes: number): void }): BaseBackup {
  const started = createDeferred<WalPlace & { totalBytes: number }>();
  const ended = createDeferred<WalPlace>();
  let connection: pg.Connection | null = null;
  const archive = new Readable({
    highWaterMark: 512 * 1024,
    read: () => connection?.stream.resume(),
    destroy: (error, done) => {
      connection?.stream.destroy();
      const reason = error ?? new GuestboardError('engine-unavailable', 'The copy was given up.');
      started.reject(reason);
      ended.reject(reason);
      done(error);
    },
  });

  const gathered = gather(pieceBytes, (piece) => {
    if (!archive.push(piece)) connection?.stream.pause();
  });
  const sets: (string | null)[][][] = [];
  let archives = 0;
  const answers: Record<string, (body: Buffer) => void> = {
    [rowDescription]: () => sets.push([]),
    [dataRow]: (body) => sets.at(-1)?.push(readFields(body)),
    [copyData]: (body) => {
      const kind = String.fromCharCode(body[0] ?? 0);
      if (kind === 'n') {
        archives += 1;
        if (archives > 1) archive.destroy(new GuestboardError('engine-error', 'Tablespaces outside the data folder cannot be copied.'));
        const [[position, timeline] = []] = sets[0] ?? [];
        const totalBytes = (sets[1] ?? []).reduce((sum, row) => sum + Number(row[2]) * 1024, 0);
        started.resolve({ position: position ?? '', timeline: Number(timeline), totalBytes });
      } else if (kind === 'p') {
        options.onProgress(Number(body.readBigInt64BE(1)));
      }
    },
    [errorResponse]: (body) => archive.destroy(explain(readError(body))),
    [readyForQuery]: () => {
      const [[position, timeline] = []] = sets.at(-1) ?? [];
      if (archive.destroyed) return;
      if (!position || sets.length < 3) {
        archive.destroy(new GuestboardError('engine-error', 'The server ended the copy early.'));
        return;
      }
      ended.resolve({ position, timeline: Number(timeline) });
      gathered.end();
      archive.push(null);
    },
  };
  client.query({
    submit: (opened: pg.Connection) => {
      connection = opened;
      opened.query(toCommand(options.label, options.codec));
      // From here on the driver's parser is out of the way; its connection is used for nothing else and closed in the end.
      opened.stream.removeAllListeners('data');
      const read = createMessageReader(
        ({ type, body }) => answers[type]?.(body),
        (piece) => gathered.add(piece),
      );
      // The guest's own socket lends its bytes; that of another host, behind TLS, gives them away.
      opened.stream.on('bytes', read).on('data', read);
    },
    handleError: (error: Error) => archive.destroy(toEngineError(error)),
  } as unknown as pg.Submittable);
  return { archive, started: started.promise, ended: ended.promise };
}

const pieceBytes = 128 * 1024;

const rowDescription = 'T';
const dataRow = 'D';
const copyData = 'd';
const errorResponse = 'E';
const readyForQuery = 'Z';

function toCommand(label: string, codec: Codec): string {
  const options = [`LABEL ${quoteText(label)}`, 'PROGRESS true', "CHECKPOINT 'fast'", 'WAL true', "MANIFEST 'no'"];
  if (codec === 'gzip') options.push("COMPRESSION 'gzip'", "COMPRESSION_DETAIL 'level=1'");
  if (codec === 'zstd') options.push("COMPRESSION 'zstd'", "COMPRESSION_DETAIL 'level=1,workers=2'");
  return `BASE_BACKUP (${options.join(', ')})`;
}

/** Puts bytes together to pieces of one size, the last as it is: a server sends them by eight kilobytes, and each piece costs the same on its way. */
function gather(size: number, give: (piece: Buffer) => void) {
  let held = Buffer.allocUnsafeSlow(size);
  let bytes = 0;
  return {
    add(piece: Buffer): void {
      for (let at = 0; at < piece.length; ) {
        const copied = piece.copy(held, bytes, at);
        at += copied;
        bytes += copied;
        if (bytes < size) continue;
        give(held);
        held = Buffer.allocUnsafeSlow(size);
        bytes = 0;
      }
    },
    end(): void {
      if (bytes > 0) give(held.subarray(0, bytes));
      bytes = 0;
    },
  };
}

function explain(error: Error): GuestboardError {
  const isEnded = sqlState(error) === '57P01' || /WAL segment \w+ has already been removed/.test(error.message);
  if (!isEnded) return toEngineError(error);
  const cause = 'PostgreSQL ended the copy: it is stopped, or more of its log would have had to be kept meanwhile than the volume allows.';
  return new GuestboardError('engine-unavailable', `${cause} Where that lasts, lift the speed limit of backups or enlarge the volume.`, {
    detail: error.message,
    cause: error,
  });
}

/** A promise settled from outside. Whoever reads the archive learns of its failure there, so nobody need listen here. */
function createDeferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
