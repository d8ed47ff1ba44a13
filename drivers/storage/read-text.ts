import type { Readable } from 'node:stream';

/** Null where there is more: whoever reaches a storage may lay down there what no memory holds. */
export async function readText(stream: Readable, mostBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    // Leaving the loop ends the stream.
    if (bytes > mostBytes) return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}
