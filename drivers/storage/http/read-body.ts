import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { toWords } from '../storage-failure.ts';

const longestText = 16 * 1024 * 1024;

/** A short answer in whole; rejects when it breaks off or takes too long. */
export async function readText(message: IncomingMessage, idleTimeoutMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readAll(message, idleTimeoutMs)) {
    bytes += chunk.length;
    if (bytes > longestText) throw new Error('the answer is longer than any that makes sense');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An object's bytes; an answer that ends before its announced length is an error, never a short object. */
export function toObjectStream(message: IncomingMessage, idleTimeoutMs: number): Readable {
  async function* read() {
    try {
      yield* readAll(message, idleTimeoutMs);
    } catch (error) {
      throw new GuestboardError('storage-error', 'The backup storage broke off while an object was read.', {
        detail: toWords(error),
        cause: error,
      });
    }
  }
  return Readable.from(read(), { objectMode: false });
}

/** The clock runs only while we wait for the server: a reader that takes its time is no stalled server. */
async function* readAll(message: IncomingMessage, idleTimeoutMs: number): AsyncGenerator<Buffer> {
  const announced = message.headers['content-length'];
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let received = 0;
  try {
    for (;;) {
      const idle = setTimeout(() => message.destroy(new Error(`nothing moved for ${idleTimeoutMs / 1000} s`)), idleTimeoutMs);
      const next = await chunks.next().finally(() => clearTimeout(idle));
      if (next.done) break;
      received += next.value.length;
      yield next.value;
    }
  } finally {
    message.destroy();
  }
  if (announced !== undefined && Number(announced) !== received) throw new Error(`${received} of ${announced} bytes came`);
}
