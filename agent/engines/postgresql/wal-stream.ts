import type pg from 'pg';
import { GuestboardError } from '#contract/errors.ts';
import { createMessageReader, readError } from './backend-messages.ts';
import { type Client, toEngineError } from './connections.ts';
import { formatPosition } from './wal-position.ts';

export type WalStream = { pause(): void; resume(): void; confirm(position: bigint): void; close(): void };
type Options = {
  slot: string;
  from: bigint;
  timeline: number;
  onWal(from: bigint, bytes: Buffer): void;
  onEnd(error: Error): void;
};

const statusEveryMs = 2000;
const copyBoth = 'W';
const copyData = 'd';
const copyDone = 'c';
const errorResponse = 'E';
const walData = 'w'.charCodeAt(0);
const keepAlive = 'k'.charCodeAt(0);

/** Receives WAL through a physical slot: START_REPLICATION, as it is flushed. The client must be a replication connection of its own. */
export function startWalStream(client: Client, { slot, from, timeline, onWal, onEnd }: Options): Promise<WalStream> {
  let connection: pg.Connection | null = null;
  let received = from;
  let confirmed = from;
  let ended = false;
  const timer = setInterval(sendStatus, statusEveryMs);

  /** What was received, and what may be let go: the server ends whoever is silent for too long. */
  function sendStatus(): void {
    if (connection === null || ended) return;
    const frame = Buffer.alloc(39);
    frame.write(copyData, 0, 'latin1');
    frame.writeUInt32BE(38, 1);
    frame.write('r', 5, 'latin1');
    for (const [index, position] of [received, confirmed, confirmed].entries()) frame.writeBigUInt64BE(position, 6 + 8 * index);
    frame.writeBigInt64BE(BigInt(Date.now() - Date.UTC(2000, 0, 1)) * 1000n, 30);
    connection.stream.write(frame);
  }

  function end(error: Error): void {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    connection?.stream.destroy();
    void client.end().catch(() => {});
    onEnd(error);
  }

  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      reject(error);
      end(error);
    };
    const gone = () => fail(new GuestboardError('engine-unavailable', 'PostgreSQL ended the stream of its log.'));
    const answers: Record<string, (body: Buffer) => void> = {
      [copyBoth]: () => {
        sendStatus();
        resolve({
          pause: () => connection?.stream.pause(),
          resume: () => connection?.stream.resume(),
          confirm: (position) => {
            confirmed = position;
            sendStatus();
          },
          close: () => end(new GuestboardError('engine-unavailable', 'The stream of the log was closed.')),
        });
      },
      [copyData]: (body) => {
        if (body[0] === keepAlive && body[17] === 1) sendStatus();
        if (body[0] !== walData) return;
        const at = body.readBigUInt64BE(1);
        const bytes = body.subarray(25);
        received = at + BigInt(bytes.length);
        onWal(at, bytes);
      },
      [copyDone]: gone,
      [errorResponse]: (body) => fail(toEngineError(readError(body))),
    };
    client.query({
      submit: (opened: pg.Connection) => {
        connection = opened;
        opened.query(`START_REPLICATION SLOT ${slot} PHYSICAL ${formatPosition(from)} TIMELINE ${timeline}`);
        opened.stream.removeAllListeners('data');
        opened.stream.on(
          'data',
          createMessageReader(({ type, body }) => answers[type]?.(body)),
        );
        opened.stream.once('close', gone);
      },
      handleError: (error: Error) => fail(toEngineError(error)),
    } as unknown as pg.Submittable);
  });
}
