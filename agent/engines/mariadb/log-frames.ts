import { GuestboardError } from '#contract/errors.ts';

/** When a stretch of the log was written, by the agent's clock: what it holds was committed after the one and before the other. */
export type Written = { afterMs: number; beforeMs: number };
/** Bytes of one file of the log, from an offset on. */
export type Frame = Written & { offset: number; bytes: Buffer };

const headBytes = 24;

/**
 * The server stamps a transaction with the second its last statement began in, or with whatever a tenant sets; when it was really
 * written, the agent sees, and keeps it beside the bytes.
 */
export function packFrame({ offset, afterMs, beforeMs, bytes }: Frame): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(offset, 0);
  head.writeUInt32BE(bytes.length, 4);
  head.writeDoubleBE(afterMs, 8);
  head.writeDoubleBE(beforeMs, 16);
  return Buffer.concat([head, bytes]);
}

export function* unpackFrames(packed: Buffer): Generator<Frame> {
  for (let at = 0; at < packed.length; ) {
    const length = at + headBytes <= packed.length ? packed.readUInt32BE(at + 4) : Number.POSITIVE_INFINITY;
    const end = at + headBytes + length;
    if (end > packed.length) throw new GuestboardError('backup-damaged', 'A piece of the archive is not as long as it should be.');
    yield {
      offset: packed.readUInt32BE(at),
      afterMs: packed.readDoubleBE(at + 8),
      beforeMs: packed.readDoubleBE(at + 16),
      bytes: packed.subarray(at + headBytes, end),
    };
    at = end;
  }
}
