/** One message of PostgreSQL's protocol as the server sends it: its type and what follows the length. */
export type BackendMessage = { type: string; body: Buffer };

/** The type of the message, and the kind of its content. */
const [copyData, data] = [0x64, 0x64];

/**
 * Takes apart what a server sends: a body lies in the chunk it came with, and only what spans chunks is copied and put together. A chunk
 * may be lent: its bytes may be others once the reader has returned. Where `onData` is given, what a base backup's CopyData carries (its
 * kind is `d`) goes there in pieces as they come, and is never put together. The driver's own parser, made for rows, costs a second per
 * 150 MB of copy.
 */
export function createMessageReader(
  onMessage: (message: BackendMessage) => void,
  onData?: (piece: Buffer) => void,
): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = 5;
  /** Bytes of data still to come of the message that has begun. */
  let dataBytes = 0;

  const take = (bytes: Buffer): Buffer => {
    let at = 0;
    for (;;) {
      if (dataBytes > 0) {
        const piece = bytes.subarray(at, at + dataBytes);
        if (piece.length > 0) onData?.(piece);
        dataBytes -= piece.length;
        at += piece.length;
      }
      if (bytes.length - at < 5) return bytes.subarray(at);
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (onData !== undefined && bytes[at] === copyData && bytes[at + 5] === data) {
        dataBytes = end - at - 6;
        at += 6;
        continue;
      }
      if (end > bytes.length) return bytes.subarray(at);
      onMessage({ type: String.fromCharCode(bytes[at] ?? 0), body: bytes.subarray(at + 5, end) });
      at = end;
    }
  };

  return (chunk) => {
    heldBytes += chunk.length;
    if (heldBytes < neededBytes) {
      held.push(Buffer.from(chunk));
      return;
    }
    const rest = take(held.length === 0 ? chunk : Buffer.concat([...held, chunk], heldBytes));
    held = rest.length === 0 ? [] : [Buffer.from(rest)];
    heldBytes = rest.length;
    neededBytes = rest.length < 5 ? 5 : 1 + rest.readUInt32BE(1);
  };
}

/** The texts of a DataRow; null for NULL. */
export function readFields(body: Buffer): (string | null)[] {
  const fields: (string | null)[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    const length = body.readInt32BE(at);
    at += 4;
    fields.push(length === -1 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return fields;
}

/** An ErrorResponse as an error like the driver's: the server's sentence, with its SQLSTATE as `code`. */
export function readError(body: Buffer): Error & { code?: string } {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const code = fields.get('C');
  return Object.assign(new Error(fields.get('M') ?? 'The server reported an error.'), code === undefined ? {} : { code });
}
