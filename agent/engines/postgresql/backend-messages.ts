/** One message of PostgreSQL's protocol as the server sends it: its type and what follows the length. */
export type BackendMessage = { type: string; body: Buffer };

/**
 * Takes apart what a server sends, without copying: a body lies in the chunk it came with, and only one that spans chunks is put
 * together. The driver's own parser, made for rows, costs a second per 150 MB of copy.
 */
export function createMessageReader(onMessage: (message: BackendMessage) => void): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = 5;

  const take = (bytes: Buffer): Buffer => {
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      onMessage({ type: String.fromCharCode(bytes[at] ?? 0), body: bytes.subarray(at + 5, end) });
      at = end;
    }
    return bytes.subarray(at);
  };

  return (chunk) => {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < neededBytes) return;
    const rest = take(held.length === 1 ? chunk : Buffer.concat(held, heldBytes));
    held = rest.length === 0 ? [] : [rest];
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
