import { GuestboardError } from '#contract/errors.ts';

/** When a stretch of the log was written, by the agent's clock: what it holds was committed after the one and before the other. */
export type Written = { afterMs: number; beforeMs: number };
/** Bytes of one file of the log, from an offset on; or a note that the engine puts down beside its log. */
export type Frame = Written & { offset: number; isNote: boolean; bytes: Buffer };

const headBytes = 27;

/** What a log says of time is the engine's own, and often coarse: when a stretch was really written is kept beside it. */
export function packFrame({ offset, isNote, afterMs, beforeMs, bytes }: Frame): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(isNote ? 1 : 0, 0);
  head.writeUIntBE(offset, 1, 6);
  head.writeUInt32BE(bytes.length, 7);
  head.writeDoubleBE(afterMs, 11);
  head.writeDoubleBE(beforeMs, 19);
  return Buffer.concat([head, bytes]);
}

export function* unpackFrames(packed: Buffer): Generator<Frame> {
  for (let at = 0; at < packed.length; ) {
    const length = at + headBytes <= packed.length ? packed.readUInt32BE(at + 7) : Number.POSITIVE_INFINITY;
    const end = at + headBytes + length;
    if (end > packed.length) throw new GuestboardError('backup-damaged', 'A piece of the archive is not as long as it should be.');
    yield {
      isNote: packed.readUInt8(at) === 1,
      offset: packed.readUIntBE(at + 1, 6),
      afterMs: packed.readDoubleBE(at + 11),
      beforeMs: packed.readDoubleBE(at + 19),
      bytes: packed.subarray(at + headBytes, end),
    };
    at = end;
  }
}
