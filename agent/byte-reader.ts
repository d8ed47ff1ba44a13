/** Takes a stream apart by counted bytes, holding no more than one of its chunks (or one asked-for block). */
export function createByteReader(source: AsyncIterable<Buffer>) {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done) return false;
      rest = next.value;
    }
    return true;
  };
  /** At least one byte and at most `most`; null at the end. */
  const readUpTo = async (most: number): Promise<Buffer | null> => {
    if (!(await fill())) return null;
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  };
  /** Exactly so many bytes; null when the stream ends before. */
  const read = async (length: number): Promise<Buffer | null> => {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await readUpTo(left);
      if (part === null) return null;
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  };
  return { read };
}
