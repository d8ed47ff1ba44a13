import type { FileHandle } from 'node:fs/promises';

/** What of a log's event decides where a replay may end. */
export type LogEvent = {
  offset: number;
  end: number;
  kind: 'transaction' | 'end-of-transaction' | 'statement' | 'part' | 'other';
  /** When its last statement began, in seconds, as the server or the tenant says. */
  stampedAt: number;
  /** Of the beginning of a transaction: its name, and whether it is the one statement that follows. */
  name: { domain: number; server: number; number: bigint; isStatement: boolean } | null;
  /** Of a statement: whether it ends a transaction that has no other end. */
  ends: boolean;
};

export const magicBytes = 4;
const headBytes = 19;
/** What is read of an event's body: enough for a transaction's name, and for the last words of a statement. */
const tailBytes = 256;

const types = { query: 2, xid: 16, xaPrepare: 38, transaction: 162, compressedQuery: 165 };
/** Everything that never lies inside a transaction: stop, rotation, description, checkpoint, lists of names. */
const between = [3, 4, 15, 161, 163, 164];

/** The whole events of a file from an offset on; ends before one that was not written whole. */
export async function* readEvents(handle: FileHandle, from: number, size: number): AsyncGenerator<LogEvent> {
  const block = createBlockReader(handle, size);
  for (let offset = from; offset + headBytes <= size; ) {
    const head = await block(offset, headBytes);
    const length = head.readUInt32LE(9);
    const end = offset + length;
    if (length < headBytes || end > size) return;
    const type = head.readUInt8(4);
    const event = { offset, end, stampedAt: head.readUInt32LE(0), name: null, ends: false };
    if (type === types.transaction) {
      const body = await block(offset + headBytes, 13);
      const isStatement = (body.readUInt8(12) & 1) === 1;
      const name = { domain: body.readUInt32LE(8), server: head.readUInt32LE(5), number: body.readBigUInt64LE(0), isStatement };
      yield { ...event, kind: 'transaction', name };
    } else if (type === types.query || type === types.compressedQuery) {
      const tail = await block(Math.max(offset + headBytes, end - tailBytes), Math.min(tailBytes, length - headBytes));
      yield { ...event, kind: 'statement', ends: endsTransaction(tail.toString('latin1')) };
    } else if (type === types.xid || type === types.xaPrepare) yield { ...event, kind: 'end-of-transaction' };
    else yield { ...event, kind: between.includes(type) ? 'other' : 'part' };
    offset = end;
  }
}

/** Behind the statement come four bytes of checksum. */
function endsTransaction(tail: string): boolean {
  return /(^|\0)(COMMIT|ROLLBACK)$/.test(tail.slice(0, -4)) || /\0XA (COMMIT|ROLLBACK) [^\0]*$/.test(tail.slice(0, -4));
}

function createBlockReader(handle: FileHandle, size: number) {
  const blockBytes = 1024 * 1024;
  let held = { from: 0, bytes: Buffer.alloc(0) };
  return async (from: number, length: number): Promise<Buffer> => {
    if (from < held.from || from + length > held.from + held.bytes.length) {
      const bytes = Buffer.alloc(Math.min(Math.max(blockBytes, length), size - from));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      held = { from, bytes: bytes.subarray(0, bytesRead) };
    }
    return held.bytes.subarray(from - held.from, from - held.from + length);
  };
}
