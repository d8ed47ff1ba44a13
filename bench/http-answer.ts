/** The first whole HTTP/1.1 answer in what was received so far, or null while some of it is still to come. */
export function findAnswer(received: Buffer): { status: number; length: number } | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = received.toString('latin1', 0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + 4;
  const declared = /^content-length: *(\d+)/m.exec(head)?.[1];
  if (declared !== undefined) {
    const length = bodyStart + Number(declared);
    return received.length >= length ? { status, length } : null;
  }
  if (/^transfer-encoding: *chunked/m.test(head)) {
    const length = findChunkedEnd(received, bodyStart);
    return length === null ? null : { status, length };
  }
  return { status, length: bodyStart };
}

function findChunkedEnd(received: Buffer, from: number): number | null {
  let position = from;
  for (;;) {
    const lineEnd = received.indexOf('\r\n', position);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(received.toString('latin1', position, lineEnd), 16);
    position = lineEnd + 2 + size + 2;
    if (received.length < position) return null;
    if (size === 0) return position;
  }
}
